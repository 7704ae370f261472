// See the header for the language.
#include "record_testing.h"

#include <gtest/gtest.h>

#include <map>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"

namespace dfe::headers {
namespace {

class Builder {
 public:
  Builder() {
    record_.main_file = "m.cpp";
    record_.search_folders = {"/i"};
    record_.files.push_back({.name = "m.cpp", .tokens = 100});
    record_.events.push_back({HeaderEvent::kEnter, 0});
  }
  void Line(const std::vector<std::string>& words) {
    const std::string& verb = words[0];
    if (verb == ">" || verb == "=") {
      Include(words[1], verb == ">");
    } else if (verb == "<") {
      Add(HeaderEvent::kExit);
    } else if (verb == "?") {
      Add(HeaderEvent::kRead, Macro(words[1]), Definition(words[2]));
    } else if (verb == ".") {
      Add(HeaderEvent::kName, Macro(words[1]), Definition(words[2]));
    } else if (verb == "+") {
      Add(HeaderEvent::kDefine, Macro(words[1]), Definition(words[2]));
    } else if (verb == "~") {
      Add(HeaderEvent::kDefault, Macro(words[1]), Definition(words[2]));
      record_.events.back().depth =
          Macro(words.size() > 3 ? words[3] : words[1]);
    } else if (verb == "-") {
      Add(HeaderEvent::kUndefine, Macro(words[1]));
    } else if (verb == "lead") {
      record_.leading.push_back({words[1], "#define " + words[1]});
      Add(HeaderEvent::kDefine, Macro(words[1]), Definition("1"));
    } else if (verb == "code") {
      Add(HeaderEvent::kCode);
    } else if (verb == "counter") {
      Add(HeaderEvent::kCounter);
    } else {
      ADD_FAILURE() << "unknown line " << verb;
    }
  }
  void Pragma(const std::string& text) {
    record_.pragmas.push_back(text);
    Add(HeaderEvent::kPragma, record_.pragmas.size() - 1);
  }
  HeaderRecord Done() {
    Add(HeaderEvent::kExit);
    auto parsed = HeaderRecord::Parse(record_.Serialize(""), "test", "");
    EXPECT_TRUE(std::holds_alternative<HeaderRecord>(parsed));
    return record_;
  }

 private:
  void Add(HeaderEvent kind, uint32_t subject = 0, uint32_t value = 0) {
    record_.events.push_back({kind, subject, value});
  }
  void Include(std::string name, bool enters) {
    const bool guarded = name[0] != '!' && name != "@";
    if (name[0] == '!') name.erase(0, 1);
    const std::string guard = absl::StrReplaceAll(name, {{".", "_"}});
    auto [it, is_new] = files_.try_emplace(name, record_.files.size());
    if (is_new) {
      HeaderRecord::File file;
      file.name = "/i/" + name;
      file.content = it->second;
      file.content = std::hash<std::string>()(name) | 1;
      file.tokens = 1000;
      if (guarded) file.guard = guard;
      if (name == "@") {
        file.name = "<command line>";
        file.flags = kFileBuiltin;
        file.tokens = 0;
      }
      record_.files.push_back(file);
      record_.routes.push_back({name, kRouteAngled, 1, it->second});
      routes_[name] = record_.routes.size();
    }
    Add(enters ? HeaderEvent::kEnter : HeaderEvent::kSkip, it->second,
        routes_[name]);
    if (!enters || !guarded) return;
    Add(HeaderEvent::kRead, Macro(guard), 0);
    Add(HeaderEvent::kDefine, Macro(guard), Definition("9"));
  }
  uint32_t Macro(const std::string& name) {
    auto [it, is_new] = macros_.try_emplace(name, record_.macros.size());
    if (is_new) record_.macros.push_back(name);
    return it->second;
  }
  uint32_t Definition(const std::string& number) {
    uint32_t wanted = 0;
    EXPECT_TRUE(absl::SimpleAtoi(number, &wanted));
    while (record_.definitions.size() <= wanted) {
      record_.definitions.push_back(record_.definitions.size());
    }
    return wanted;
  }

  HeaderRecord record_;
  std::map<std::string, uint32_t> files_;
  std::map<std::string, uint32_t> routes_;
  std::map<std::string, uint32_t> macros_;
};

}  // namespace

HeaderRecord RecordOf(const std::string& text) {
  Builder builder;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    std::vector<std::string> words =
        absl::StrSplit(line, ' ', absl::SkipEmpty());
    if (words.empty()) continue;
    if (words[0] == "#") {
      builder.Pragma(std::string(line.substr(line.find('#') + 2)));
    } else {
      builder.Line(words);
    }
  }
  return builder.Done();
}

uint32_t FileNamed(const HeaderRecord& record, const std::string& name) {
  for (size_t i = 0; i < record.files.size(); ++i) {
    if (record.files[i].name == "/i/" + name) return i;
  }
  ADD_FAILURE() << "no file " << name;
  return 0;
}

}  // namespace dfe::headers
