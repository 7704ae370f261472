//===- DebuggerAction.h - a consumer for what debuggers are told
//--------------//
#ifndef DFE_CLANG_PLUGIN_DEBUGGERACTION_H
#define DFE_CLANG_PLUGIN_DEBUGGERACTION_H

#include "clang/AST/ASTConsumer.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Frontend/FrontendAction.h"
#include "clang/Lex/PreprocessorOptions.h"

namespace dfeheaders {

/// Puts a Consumer, which is made from the compiler, before code generation in
/// compiles of C++ with debug information that knows types and with a
/// precompiled header. In all others nothing of it is there.
template <typename Consumer>
class DebuggerAction : public clang::PluginASTAction {
  std::unique_ptr<clang::ASTConsumer>
  CreateASTConsumer(clang::CompilerInstance &Clang, llvm::StringRef) override {
    if (Clang.getLangOpts().CPlusPlus &&
        Clang.getCodeGenOpts().hasReducedDebugInfo() &&
        !Clang.getPreprocessorOpts().ImplicitPCHInclude.empty())
      return std::make_unique<Consumer>(Clang);
    return std::make_unique<clang::ASTConsumer>();
  }
  bool ParseArgs(const clang::CompilerInstance &,
                 const std::vector<std::string> &) override {
    return true;
  }
  // Before code generation hears of the file's own first declaration.
  ActionType getActionType() override { return AddBeforeMainAction; }
};

} // namespace dfeheaders

#endif // DFE_CLANG_PLUGIN_DEBUGGERACTION_H
