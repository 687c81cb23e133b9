using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "plain", worker = .plain),
    (name = "compat", worker = .compat),
    (name = "old", worker = .old),
  ],
);

const plain :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "watch_worker.js")],
  compatibilityDate = "2026-01-01",
  bindings = [
    (name = "self", service = "plain"),
    (name = "kind", text = "slow"),
  ],
);

const compat :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "watch_worker.js")],
  compatibilityDate = "2026-01-01",
  compatibilityFlags = ["nodejs_compat"],
  bindings = [
    (name = "self", service = "compat"),
    (name = "kind", text = "reentrant"),
  ],
);

# It has neither WeakRef nor FinalizationRegistry.
const old :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "watch_worker.js")],
  compatibilityDate = "2024-01-01",
  bindings = [
    (name = "self", service = "old"),
    (name = "kind", text = "slow"),
  ],
);
