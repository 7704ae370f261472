//===- Prediction.cpp - what the seeds say about a module -----------------===//
//
// The order of the members is that of the work: each needs the ones before it.
//
//===----------------------------------------------------------------------===//

#include "DeadFnElim/Prediction.h"
#include "DeadFnElim/Output.h"

using namespace llvm;

namespace deadfn {

Prediction::Prediction(Module &M, dfe::SeedSet Seeds,
                       const PassOptions &Options, Liveness::Purpose Purpose)
    : Seeds(std::move(Seeds)), Graph(M), RootSet(Graph, &this->Seeds),
      Live(Graph, RootSet, Options.Reach, Purpose) {}

std::unique_ptr<Prediction> Prediction::make(Module &M,
                                             const PassOptions &Options,
                                             Liveness::Purpose Purpose,
                                             const Report &Report) {
  auto Seeds = loadSeeds(Options);
  if (auto *Error = std::get_if<std::string>(&Seeds)) {
    Report.error(*Error);
    return nullptr;
  }
  return std::unique_ptr<Prediction>(new Prediction(
      M, std::move(std::get<dfe::SeedSet>(Seeds)), Options, Purpose));
}

} // namespace deadfn
