# How the tests run a worker: by itself, in a network that reaches this machine. The harness puts the bundle beside a copy
# of this file, as worker.js. At this date compatibility with Node is the default.

using Workerd = import "/workerd/workerd.capnp";

const plain :Workerd.Config = (
  services = [(name = "worker", worker = .worker), .internet],
  sockets = [.http],
);

# For a worker with a class Keeper, whose objects live for as long as workerd does.
const withKeeper :Workerd.Config = (
  services = [(name = "worker", worker = .workerWithKeeper), .internet],
  sockets = [.http],
);

const http :Workerd.Socket = (name = "http", address = "127.0.0.1:0", http = (), service = "worker");
const internet :Workerd.Service = (name = "internet", network = (allow = ["local", "private"]));
const etcd :Workerd.Worker.Binding = (name = "ETCD_ENDPOINT", fromEnvironment = "ETCD_ENDPOINT");

const worker :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "worker.js")],
  bindings = [.etcd],
  compatibilityDate = "2026-11-17",
);

const workerWithKeeper :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "worker.js")],
  bindings = [.etcd, (name = "KEEPER", durableObjectNamespace = "Keeper")],
  durableObjectNamespaces = [(className = "Keeper", uniqueKey = "keeper", preventEviction = true)],
  durableObjectStorage = (inMemory = void),
  compatibilityDate = "2026-11-17",
);
