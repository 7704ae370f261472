//===- Recording.h - a module's graph as a file format ---------*- C++ -*-===//

#ifndef DEADFNELIM_RECORDING_H
#define DEADFNELIM_RECORDING_H

#include "DeadFnElim/ModuleGraph.h"
#include "dfe/format/reference_graph.h"

namespace deadfn {

/// The recorded form of \p Graph: its globals and shared constants, in order.
dfe::ReferenceGraph recordGraph(const ModuleGraph &Graph);

} // namespace deadfn

#endif // DEADFNELIM_RECORDING_H
