// Compile, look for what failed, plan without it, and again.
#include "dfe/headers/tried_nodes.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "dfe/base/in_parallel.h"
#include "dfe/base/subprocess.h"
#include "dfe/dispatch/dispatch.h"
#include "dfe/format/envelope.h"
#include "dfe/store/header_bans.h"

namespace dfe::headers {
namespace {

namespace fs = std::filesystem;

// Plans that are made for one build. Each costs the front end of a node that
// fails; who needs more learns the rest in the next build.
constexpr int kMaxPlans = 8;

// Of one node. Where more fail, something else is wrong than their order.
constexpr size_t kMaxHeaders = 8;

// What WriteSession wrote of one node.
struct NodeFacts {
  int number = 0;
  std::string pch;
  std::string source;
  std::string content;
};

std::string FileOf(const std::string& session, int node,
                   absl::string_view suffix) {
  return ContentOf(absl::StrCat(session, "/cc/nodes/", node, suffix))
      .value_or("");
}

bool Exists(const std::string& path) {
  std::error_code error;
  return fs::exists(path, error);
}

// Nodes above a node.
int Depth(const Project& project, int node) {
  int depth = 0;
  while ((node = project.plan.nodes[node].parent) >= 0) ++depth;
  return depth;
}

// Nodes of the session that some file has, or a node below them; roots first,
// so that few wait for one that is being built.
std::vector<NodeFacts> NodesOf(const Project& project,
                               const std::string& session) {
  std::vector<NodeFacts> nodes;
  for (size_t i = 0; i < project.plan.nodes.size(); ++i) {
    const int number = static_cast<int>(i);
    NodeFacts node{number, FileOf(session, number, ".name"),
                   FileOf(session, number, ".source"),
                   FileOf(session, number, ".content")};
    if (!node.pch.empty()) nodes.push_back(std::move(node));
  }
  std::sort(nodes.begin(), nodes.end(),
            [&](const NodeFacts& a, const NodeFacts& b) {
              return std::pair(Depth(project, a.number), a.number) <
                     std::pair(Depth(project, b.number), b.number);
            });
  return nodes;
}

// Says that an order compiled, whatever became of the headers since.
std::string Mark(const Project& project, const NodeFacts& node) {
  return absl::StrCat(project.cache, "/headers/", node.content, ".compiled");
}

// Lets dfe-cc build a node and those above it, as it would for a file.
void Build(const Project& project, const std::string& session, int node) {
  SubprocessOptions run;
  run.argv = {FindCcDispatch(), "--prepare", absl::StrCat(node)};
  run.environment = {{dispatch::kSessionVariable, session}};
  run.working_directory =
      project.units[project.plan.nodes[node].leader].directory;
  run.discard_stderr = true;
  (void)RunSubprocess(run);
}

bool IsTried(const NodeFacts& node) {
  return Exists(node.pch) || Exists(node.pch + ".failed");
}

// The headers that do not compile in a node which failed: what Clang said of
// first, and what it says of without that line, and so on.
std::vector<std::string> FailedHeaders(const Project& project,
                                       const std::string& session,
                                       const NodeFacts& node,
                                       std::string messages) {
  std::vector<std::string> lines =
      absl::StrSplit(ContentOf(node.source).value_or(""), '\n');
  const std::string left = absl::StrCat(session, "/left-", node.number, ".h");
  SubprocessOptions run;
  run.argv = absl::StrSplit(FileOf(session, node.number, ".args"), '\n');
  if (run.argv.back() == node.source) run.argv.back() = left;
  run.argv.insert(run.argv.end(), {"-fsyntax-only", "-ferror-limit=1"});
  run.working_directory =
      project.units[project.plan.nodes[node.number].leader].directory;
  run.capture_stderr = run.discard_stdout = true;
  std::vector<std::string> headers;
  absl::string_view source = node.source;
  while (headers.size() < kMaxHeaders) {
    const FailedLine failed = FindFailedLine(messages, source);
    const auto at = static_cast<size_t>(failed.line - 1);
    if (failed.header.empty() || at >= lines.size() || lines[at].empty()) break;
    headers.push_back(failed.header);
    lines[at].clear();
    source = left;
    if (WriteFileAtomically(left, absl::StrJoin(lines, "\n"))) break;
    absl::StatusOr<SubprocessResult> done = RunSubprocess(run);
    if (!done.ok() || done->ok()) break;
    messages = done->err;
  }
  std::error_code error;
  fs::remove(left, error);
  return headers;
}

}  // namespace

void BuildNodes(const Project& project, const std::string& session, int jobs) {
  std::vector<NodeFacts> nodes = NodesOf(project, session);
  std::erase_if(nodes, IsTried);
  InParallel(nodes.size(), jobs,
             [&](size_t i) { Build(project, session, nodes[i].number); });
}

FailedLine FindFailedLine(absl::string_view messages,
                          absl::string_view source) {
  const std::string from = absl::StrCat("In file included from ", source, ":");
  const std::vector<absl::string_view> lines = absl::StrSplit(messages, '\n');
  const auto error =
      std::find_if(lines.begin(), lines.end(), [](absl::string_view line) {
        return absl::StrContains(line, ": error: ") ||
               absl::StrContains(line, ": fatal error: ");
      });
  if (error == lines.end()) return {};
  // Clang says by what a file was included when that changes.
  for (auto line = error; line != lines.begin();) {
    --line;
    absl::string_view number = *line;
    if (!absl::ConsumePrefix(&number, from)) continue;
    absl::string_view entered = *(line + 1);
    absl::ConsumePrefix(&entered, "In file included from ");
    FailedLine failed{std::string(entered.substr(0, entered.find(':')))};
    if (!absl::SimpleAtoi(number.substr(0, number.find(':')), &failed.line)) {
      return {};
    }
    return failed;
  }
  return {};
}

absl::StatusOr<TriedPlan> WriteTriedSession(Project* project,
                                            const std::string& session,
                                            int jobs) {
  TriedPlan tried;
  std::set<std::string> known(project->banned.begin(), project->banned.end());
  for (int plans = 1;; ++plans) {
    absl::StatusOr<int> dropped = WriteSession(project, session, jobs);
    if (!dropped.ok()) return dropped.status();
    tried.dropped = *dropped;
    if (plans == kMaxPlans) return tried;

    // 1. What was never compiled in this order, or failed since.
    std::vector<NodeFacts> nodes = NodesOf(*project, session);
    std::erase_if(nodes, [&](const NodeFacts& node) {
      return Exists(Mark(*project, node)) && !Exists(node.pch + ".failed");
    });
    InParallel(nodes.size(), jobs, [&](size_t i) {
      if (!IsTried(nodes[i])) Build(*project, session, nodes[i].number);
    });

    // 2. What that teaches.
    std::vector<std::vector<std::string>> failed(nodes.size());
    InParallel(nodes.size(), jobs, [&](size_t i) {
      std::optional<std::string> messages = ContentOf(nodes[i].pch + ".failed");
      if (messages) {
        failed[i] =
            FailedHeaders(*project, session, nodes[i], *std::move(messages));
      } else if (Exists(nodes[i].pch)) {
        (void)WriteFileAtomically(Mark(*project, nodes[i]), "");
      }
    });
    bool learned = false;
    for (const std::vector<std::string>& headers : failed) {
      for (const std::string& header : headers) {
        if (!known.insert(kNoLine + header).second) continue;
        absl::Status added = store::AddHeaderBan(
            project->cache, project->folder, kNoLine + header);
        if (!added.ok()) return added;
        tried.without_line.push_back(header);
        learned = true;
      }
    }
    if (!learned) return tried;
    project->banned.assign(known.begin(), known.end());
    std::error_code error;
    fs::remove_all(session + "/cc/nodes", error);
    fs::remove_all(session + "/cc/units", error);
    Replan(project);
  }
}

}  // namespace dfe::headers
