// One node after the other, under its lock, and others meanwhile.
#include "dfe/dispatch/cc_nodes.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <set>
#include <utility>

#include "dfe/dispatch/cc_diagnostics.h"
#include "dfe/dispatch/descriptor.h"
#include "dfe/dispatch/record_state.h"
#include "dfe/dispatch/spawn.h"
#include "dfe/dispatch/text_lines.h"
#include "dfe/format/envelope.h"
#include "dfe/format/required_classes.h"

namespace dfe::dispatch {
namespace {

constexpr char kFailed[] = "precompiled header failed";
constexpr std::string_view kFolder = ".folder";

bool Exists(const std::string& path) { return access(path.c_str(), R_OK) == 0; }

std::optional<Node> LoadNode(const std::string& stem) {
  std::optional<std::string> name = ContentOf(stem + ".name");
  std::optional<std::string> source = ContentOf(stem + ".source");
  std::optional<std::string> args = ContentOf(stem + ".args");
  std::optional<std::string> record = ContentOf(stem + ".record");
  if (!name || !source || !args || !record) return std::nullopt;
  const std::vector<std::string_view> of_record = Lines(*record);
  if (of_record.size() != 2) return std::nullopt;
  Node node{*name,
            *source,
            {},
            {std::string(of_record[0]), std::string(of_record[1])}};
  for (std::string_view word : Lines(*args)) node.words.emplace_back(word);
  return node;
}

// What tells a precompiled header from another one of the same name, which was
// built anew: Clang compares neither times nor texts of what it is chained
// onto.
std::string StateText(const std::string& pch) {
  const PathState state = StateOf(pch);
  return std::to_string(state.bytes) + " " + std::to_string(state.modified_ns);
}

// True if the precompiled header is there, and chained onto that very parent;
// `parent` is "" for a root.
bool IsBuilt(const Node& node, const std::string& parent) {
  return Exists(node.pch) &&
         (parent.empty() ||
          ContentOf(node.pch + ".parent") == StateText(parent));
}

// The numbers of all nodes whose words are meant in `folder`, parents before
// children.
std::vector<std::string> NodesOf(const std::string& session,
                                 const std::string& folder) {
  std::vector<int64_t> numbers;
  DIR* nodes = opendir((session + "/cc/nodes").c_str());
  if (nodes == nullptr) return {};
  while (const dirent* entry = readdir(nodes)) {
    const std::string_view name = entry->d_name;
    if (!name.ends_with(kFolder)) continue;
    const std::string_view number =
        name.substr(0, name.size() - kFolder.size());
    if (ContentOf(NodeStem(session, name)) == folder) {
      numbers.push_back(ToNumber(number));
    }
  }
  closedir(nodes);
  std::sort(numbers.begin(), numbers.end());
  std::vector<std::string> texts;
  texts.reserve(numbers.size());
  for (int64_t number : numbers) texts.push_back(std::to_string(number));
  return texts;
}

class Preparation {
 public:
  Preparation(const std::string& session, const std::string& folder)
      : session_(session), folder_(folder) {}

  PreparedNodes Run(const std::vector<Node>& chain) {
    std::string parent;
    for (const Node& node : chain) {
      if (Exists(node.pch + ".failed")) {
        done_.why = kFailed;
      } else if (!IsBuilt(node, parent)) {
        done_.waited = true;
        done_.why = BuildOrWait(node, parent);
      }
      if (!done_.why.empty()) break;
      parent = node.pch;
    }
    return done_;
  }

 private:
  static Descriptor OpenLock(const Node& node) {
    return Descriptor(
        open((node.pch + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  }

  // Returns why there is none, or "".
  std::string BuildOrWait(const Node& node, const std::string& parent) {
    const Descriptor lock = OpenLock(node);
    bool may_help = true;
    while (flock(lock.get(), LOCK_EX | (may_help ? LOCK_NB : 0)) != 0) {
      if (errno == EWOULDBLOCK) {
        may_help = BuildAnother();
      } else if (errno != EINTR) {
        return "precompiled header cannot be locked";
      }
    }
    return BuildLocked(node, parent);
  }

  // Builds one that nobody builds, and whose parent is there. False if there is
  // none.
  bool BuildAnother() {
    if (!others_) others_ = NodesOf(session_, folder_);
    for (const std::string& number : *others_) {
      if (tried_.count(number) > 0) continue;
      std::string parent;
      for (const Node& node : LoadChain(session_, number)) {
        if (Exists(node.pch + ".failed")) break;
        if (!IsBuilt(node, parent)) {
          const Descriptor lock = OpenLock(node);
          if (flock(lock.get(), LOCK_EX | LOCK_NB) != 0 ||
              !WhyStale(node.record, folder_).empty()) {
            break;
          }
          // What goes wrong is said to those that need it.
          if (!BuildLocked(node, parent).empty()) tried_.insert(number);
          return true;
        }
        parent = node.pch;
      }
    }
    return false;
  }

  // The lock is held; another may have built it before. Returns why there is
  // none, or "".
  std::string BuildLocked(const Node& node, const std::string& parent) {
    const std::string failed = node.pch + ".failed";
    if (Exists(failed)) return kFailed;
    if (IsBuilt(node, parent)) return "";
    const std::string onto = parent.empty() ? "" : StateText(parent);
    // What is chained onto another parent may not be seen beside a new
    // `.parent`.
    const std::string required = node.pch + kRequiredClassesSuffix;
    unlink(node.pch.c_str());
    unlink(required.c_str());
    const std::string temporary = node.pch + ".tmp." + std::to_string(getpid());
    std::vector<std::string> words = node.words;
    words.insert(words.end(), {"-o", temporary});
    // Clang takes the folder's name from this variable if it is one of the
    // folder's; the names that it keeps must be those of KeptName.
    setenv("PWD", folder_.c_str(), 1);
    std::optional<Captured> run = RunCaptured("dfe-cc", std::move(words));
    if (run) done_.cpu_us += run->usage.cpu_us;
    // What changed while the compiler read it is no verdict on the header.
    std::string why = WhyStale(node.record, folder_);
    if (why.empty() && !parent.empty() && StateText(parent) != onto) {
      why = "the precompiled header before it was built anew";
    }
    const std::string required_now = temporary + kRequiredClassesSuffix;
    if (!why.empty()) {
      unlink(temporary.c_str());
      unlink(required_now.c_str());
    } else if (!run || run->usage.exit_code != 0 ||
               SpeaksOf(run->text, node.source) ||
               WriteFileAtomically(node.pch + ".log",
                                   AboutHeaders(run->text, node.words[0])) ||
               (!parent.empty() &&
                WriteFileAtomically(node.pch + ".parent", onto)) ||
               (Exists(required_now) &&
                rename(required_now.c_str(), required.c_str()) != 0) ||
               rename(temporary.c_str(), node.pch.c_str()) != 0) {
      unlink(temporary.c_str());
      unlink(required_now.c_str());
      why = kFailed;
      // A signal is no verdict.
      if (run && run->usage.exit_code < 128) {
        (void)WriteFileAtomically(failed, run->text);
      }
    }
    return why;
  }

  const std::string& session_;
  const std::string& folder_;
  std::optional<std::vector<std::string>> others_;
  std::set<std::string> tried_;  // of these, in vain
  PreparedNodes done_;
};

}  // namespace

std::string WhyStale(const RecordRef& ref, const std::string& folder,
                     HeaderRecord* known) {
  std::string hash;
  auto loaded = HeaderRecord::LoadHead(ref.path, "", &hash);
  auto* record = std::get_if<HeaderRecord>(&loaded);
  if (record == nullptr || hash != ref.hash) return "its record is gone";
  const std::string changed = FirstChange(*record, folder);
  if (known != nullptr) *known = std::move(*record);
  return changed.empty() ? "" : kChanged + changed;
}

std::string NodeStem(const std::string& session, std::string_view number) {
  std::string stem = session;
  return stem.append("/cc/nodes/").append(number);
}

std::vector<Node> LoadChain(const std::string& session, std::string number) {
  std::vector<Node> chain;
  while (!number.empty()) {
    const std::string stem = NodeStem(session, number);
    std::optional<Node> node = LoadNode(stem);
    if (!node) return {};
    chain.insert(chain.begin(), *std::move(node));
    std::string parent = ContentOf(stem + ".parent").value_or("");
    // Parents come before children, or there would be no end.
    if (!parent.empty() && ToNumber(parent) >= ToNumber(number)) return {};
    number = std::move(parent);
  }
  return chain;
}

PreparedNodes PrepareNodes(const std::string& session,
                           const std::vector<Node>& chain,
                           const std::string& folder) {
  return Preparation(session, folder).Run(chain);
}

}  // namespace dfe::dispatch
