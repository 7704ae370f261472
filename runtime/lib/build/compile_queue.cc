// Callers come, wait, run and go; one thread looks after all of them.
#include "dfe/build/compile_queue.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "dfe/build/package_order.h"
#include "dfe/dispatch/cc_shim.h"
#include "dfe/dispatch/local_socket.h"

namespace dfe {
namespace {

constexpr char kByte[] = "+";

// Whether a variable is CC, HOST_CXX, CC_x86_64_unknown_linux_gnu or the like,
// as the crate cc reads them, and its compiler none that dfe-cc stands for.
bool NamesUnseenCompiler(absl::string_view variable, absl::string_view value) {
  for (absl::string_view name : {"CC", "CXX"}) {
    if (variable == name || variable == absl::StrCat("HOST_", name) ||
        variable == absl::StrCat("TARGET_", name) ||
        absl::StartsWith(variable, absl::StrCat(name, "_"))) {
      return !dispatch::IsShimName({value.data(), value.size()});
    }
  }
  return false;
}

}  // namespace

std::string CompileQueueRefusal(const CargoCommand& command,
                                const std::vector<toml::table>& configs,
                                const std::vector<std::string>& environment,
                                int cores) {
  if (cores < 2) return "there is one core";
  if (command.jobs_given) return "the command says how many jobs there are";
  if (!command.config.empty()) return "--config may say more of jobs";
  if (command.timings) return "waiting would count as time of units";
  for (const toml::table& table : configs) {
    if (table["build"]["jobs"]) return "build.jobs is configured";
    const toml::table* variables = table["env"].as_table();
    if (variables == nullptr) continue;
    for (const auto& [name, value] : *variables) {
      if (NamesUnseenCompiler({name.str().data(), name.str().size()},
                              value.value_or(std::string()))) {
        return "env of cargo's configuration names a compiler that cannot wait";
      }
    }
  }
  for (const std::string& entry : environment) {
    const std::pair<absl::string_view, absl::string_view> variable =
        absl::StrSplit(entry, absl::MaxSplits('=', 1));
    const auto& [name, value] = variable;
    if (name == "CARGO_BUILD_JOBS") return "CARGO_BUILD_JOBS is set";
    if ((name == "CARGO_MAKEFLAGS" || name == "MAKEFLAGS" ||
         name == "MFLAGS") &&
        absl::StrContains(value, "--jobserver-")) {
      return "the build has a jobserver already";
    }
    if (NamesUnseenCompiler(name, value)) {
      return absl::StrCat(name, " names a compiler that cannot wait");
    }
  }
  return "";
}

CompileQueue::CompileQueue(std::string session, int cores, Order order)
    : session_(std::move(session)), cores_(cores), order_(std::move(order)) {}

CompileQueue::~CompileQueue() {
  stop_ = dispatch::Descriptor(-1);
  if (thread_.joinable()) thread_.join();
}

absl::StatusOr<Environment> CompileQueue::Start() {
  auto failed = [&](absl::string_view what) {
    return absl::UnavailableError(
        absl::StrCat(session_, ": ", what, ": ", std::strerror(errno)));
  };
  // Also written to by compilers that end while the pipe is as full as it was.
  const std::string fifo = absl::StrCat(session_, "/", dispatch::kTokensFifo);
  if (mkfifo(fifo.c_str(), 0600) != 0) return failed("cannot make tokens");
  tokens_ =
      dispatch::Descriptor(open(fifo.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC));
  if (!tokens_.ok()) return failed("cannot open tokens");
  for (int i = 0; i < cores_; ++i) ReturnToken();
  // Inherited, blocking, and by number: GNU make before 4.4 knows no other way.
  int pipe_ends[2];
  if (pipe(pipe_ends) != 0) return failed("cannot make a jobserver");
  cargo_reads_ = dispatch::Descriptor(pipe_ends[0]);
  cargo_writes_ = dispatch::Descriptor(pipe_ends[1]);
  // One job is cargo's without a token.
  const std::string jobs(static_cast<size_t>(cores_ - 1 + kWaitingJobs), '+');
  if (write(pipe_ends[1], jobs.data(), jobs.size()) !=
      static_cast<ssize_t>(jobs.size())) {
    return failed("cannot fill a jobserver");
  }
  int stop_ends[2];
  if (pipe2(stop_ends, O_CLOEXEC) != 0) return failed("cannot make a pipe");
  stop_ = dispatch::Descriptor(stop_ends[1]);
  dispatch::Descriptor until(stop_ends[0]);
  // The last step: whoever finds it is answered.
  listening_ = dispatch::ListenIn(session_, dispatch::kTurnsSocket);
  if (!listening_.ok()) return failed("cannot listen");
  thread_ = std::thread(
      [this, end = std::move(until)]() mutable { Serve(end.get()); });
  const std::string ends = absl::StrCat(pipe_ends[0], ",", pipe_ends[1]);
  return Environment{
      {dispatch::kTurnVariable, std::nullopt},
      {"CARGO_MAKEFLAGS",
       absl::StrCat("-j --jobserver-fds=", ends, " --jobserver-auth=", ends)}};
}

void CompileQueue::Serve(int until) {
  std::vector<pollfd> events;
  while (true) {
    const bool anyone_waits =
        std::any_of(callers_.begin(), callers_.end(),
                    [](const Caller& caller) { return caller.waits; });
    events.assign({{until, POLLIN, 0},
                   {listening_.get(), POLLIN, 0},
                   // Tokens matter to those who wait for one only.
                   {anyone_waits ? tokens_.get() : -1, POLLIN, 0}});
    constexpr size_t kFirstCaller = 3;
    for (const Caller& caller : callers_) {
      events.push_back({caller.connection.get(), POLLIN, 0});
    }
    if (poll(events.data(), events.size(), -1) < 0) continue;
    if (events[0].revents != 0) return;
    size_t number = kFirstCaller;
    for (auto caller = callers_.begin(); caller != callers_.end(); ++number) {
      if (events[number].revents == 0 || Listen(&*caller)) {
        ++caller;
        continue;
      }
      if (caller->runs) {
        --running_;
        ReturnToken();
      }
      caller = callers_.erase(caller);
    }
    if (events[1].revents != 0) Accept();
    GiveTurns();
  }
}

void CompileQueue::Accept() {
  dispatch::Descriptor connection(accept4(listening_.get(), nullptr, nullptr,
                                          SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (connection.ok()) callers_.push_back({std::move(connection)});
}

bool CompileQueue::Listen(Caller* caller) {
  char part[dispatch::kMaxTurnRequest];
  const ssize_t size = read(caller->connection.get(), part, sizeof part);
  if (size < 0) return errno == EAGAIN || errno == EINTR;
  // A turn ends with the connection, and nothing is said while it lasts.
  if (size == 0 || caller->waits || caller->runs) return false;
  caller->said.append(part, static_cast<size_t>(size));
  if (caller->said.size() > dispatch::kMaxTurnRequest) return false;
  if (caller->said.back() != '\n') return true;
  const std::optional<dispatch::TurnRequest> request =
      dispatch::ParseTurnRequest(caller->said);
  if (!request) return false;
  caller->order = order_(*request);
  caller->waits = true;
  return true;
}

void CompileQueue::GiveTurns() {
  if (running_ == 0) ReplaceLostTokens();
  while (true) {
    Caller* first = nullptr;
    for (Caller& caller : callers_) {
      if (caller.waits && (first == nullptr || caller.order > first->order)) {
        first = &caller;
      }
    }
    if (first == nullptr || !TakeToken()) return;
    first->waits = false;
    first->runs = true;
    ++running_;
    // One that is gone is seen to be so at once.
    (void)send(first->connection.get(), kByte, 1, MSG_NOSIGNAL);
  }
}

void CompileQueue::ReplaceLostTokens() {
  while (TakeToken()) {
  }
  for (int i = 0; i < cores_; ++i) ReturnToken();
}

bool CompileQueue::TakeToken() {
  char byte = 0;
  return read(tokens_.get(), &byte, 1) == 1;
}

void CompileQueue::ReturnToken() { (void)!write(tokens_.get(), kByte, 1); }

namespace {

std::string LockFile(const CompileQueueInput& input) {
  return input.workspace + "/Cargo.lock";
}

std::string Refusal(const CompileQueueInput& input) {
  if (!input.wanted) return "--compile-queue=0";
  if (!input.is_cargo) return "the command is not cargo's own";
  if (!input.sees_c) return "compilers of C are not called by way of dfe";
  // `cargo install`, for one, makes it somewhere.
  if (access(LockFile(input).c_str(), R_OK) != 0) {
    return "there is no Cargo.lock yet";
  }
  const absl::StatusOr<std::vector<toml::table>> configs =
      LoadCargoConfigs(input.directory, input.environment);
  if (!configs.ok()) return std::string(configs.status().message());
  return CompileQueueRefusal(input.command, *configs, input.environment,
                             input.cores);
}

}  // namespace

std::unique_ptr<CompileQueue> StartCompileQueue(const CompileQueueInput& input,
                                                Environment* changes,
                                                std::string* said) {
  std::unique_ptr<CompileQueue> queue;
  std::string why = Refusal(input);
  if (why.empty()) {
    auto order = std::make_shared<PackageOrder>(
        LockFile(input), CargoHome(input.environment) + "/registry/src");
    queue = std::make_unique<CompileQueue>(
        input.session, input.cores,
        [order](const dispatch::TurnRequest& request) {
          return order->Of(request.name, request.version);
        });
    const absl::StatusOr<Environment> ours = queue->Start();
    if (ours.ok()) {
      changes->insert(changes->end(), ours->begin(), ours->end());
    } else {
      why = std::string(ours.status().message());
      queue.reset();
    }
  }
  *said = why.empty() ? "compiles wait for their turns"
                      : absl::StrCat("compiles in cargo's order: ", why);
  return queue;
}

}  // namespace dfe
