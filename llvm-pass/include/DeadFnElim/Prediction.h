//===- Prediction.h - what the seeds say about a module --------*- C++ -*-===//

#ifndef DEADFNELIM_PREDICTION_H
#define DEADFNELIM_PREDICTION_H

#include "DeadFnElim/Liveness.h"
#include "DeadFnElim/Report.h"
#include <memory>

namespace deadfn {

/// The first step of each pass that removes something: seeds, graph, roots and
/// liveness of one module. Stale as soon as the module changes.
class Prediction {
  const dfe::SeedSet Seeds; // the roots refer to it

public:
  /// Null if the seeds cannot be read; \p Report has said so then.
  static std::unique_ptr<Prediction> make(llvm::Module &M,
                                          const PassOptions &Options,
                                          Liveness::Purpose Purpose,
                                          const Report &Report);

  ModuleGraph Graph;

private:
  const Roots RootSet;

public:
  Liveness Live;

private:
  Prediction(llvm::Module &M, dfe::SeedSet Seeds, const PassOptions &Options,
             Liveness::Purpose Purpose);
};

} // namespace deadfn

#endif // DEADFNELIM_PREDICTION_H
