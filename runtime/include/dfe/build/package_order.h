// Which packages of a build are to be compiled first: those with the longest
// way from them to the program.
//
// cargo starts what most packages depend on. That says nothing of what a
// package costs, so a build script that compiles a C library which one package
// needs comes late, and all that is left has to wait for it. Here a package
// weighs what there is to compile, in bytes of source, and comes before others
// by all that has to be compiled one after the other from it on (the critical
// path; HLFET, "highest level first with estimated times": T. L. Adam, K. M.
// Chandy and J. R. Dickson, 1974).
//
// The graph is that of Cargo.lock, which knows of no features and platforms: it
// has all that the build can have, and more. A wrong order costs time, nothing
// else.
#ifndef DFE_BUILD_PACKAGE_ORDER_H_
#define DFE_BUILD_PACKAGE_ORDER_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace dfe {

struct LockedPackage {
  std::string name;
  std::string version;
  std::vector<size_t> dependencies;  // in the list that it is in
  // Depends on a package that runs compilers of C for build scripts.
  bool compiles_c = false;
};

// `text` is a Cargo.lock's. Errors: InvalidArgument for what has no package. By
// lines, as cargo writes it: toml++, which reads manifests here, is undefined
// on some that are no TOML, and these come before cargo has looked at them.
absl::StatusOr<std::vector<LockedPackage>> ParseCargoLock(
    const std::string& text);

// By package, how long the way from it to the last package is, each with its
// weight; dependencies in a circle (of tests on what they test) count once.
std::vector<int64_t> WaysToTheEnd(const std::vector<LockedPackage>& packages,
                                  const std::vector<int64_t>& weights);

// What there is to compile of the package in that folder, in bytes: Rust below
// src/, and with `compiles_c` C, C++ and assembly anywhere, twice, as it is
// optimised, where Rust is often left to the program. 0 if there is no such
// folder.
int64_t WeightOfSource(const std::string& folder, bool compiles_c);

// Answers by name and version; made of files, when it is first asked.
class PackageOrder {
 public:
  // `lock` is the path of the Cargo.lock, `registry` the folder below which
  // cargo keeps packages as INDEX/NAME-VERSION.
  PackageOrder(std::string lock, std::string registry)
      : lock_(std::move(lock)), registry_(std::move(registry)) {}

  // The higher, the sooner; 0 for what is not known.
  int64_t Of(const std::string& name, const std::string& version);

 private:
  void Load();

  const std::string lock_;
  const std::string registry_;
  bool loaded_ = false;
  std::map<std::pair<std::string, std::string>, int64_t> order_;
};

}  // namespace dfe

#endif  // DFE_BUILD_PACKAGE_ORDER_H_
