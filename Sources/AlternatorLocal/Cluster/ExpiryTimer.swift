import Dispatch
import Synchronization

/// Removes expired items every so often, on a queue of its own.
final class ExpiryTimer: Sendable {
    private let timer: Mutex<any DispatchSourceTimer>

    init(_ engine: Engine, every period: Duration) {
        let parts = period.components
        let milliseconds = Int(parts.seconds) * 1000 + Int(parts.attoseconds / 1_000_000_000_000_000)
        let interval = DispatchTimeInterval.milliseconds(max(milliseconds, 10))
        let source = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "alternator-local.expiry"))
        source.schedule(deadline: .now() + interval, repeating: interval, leeway: .milliseconds(1))
        source.setEventHandler { engine.expireItems() }
        source.activate()
        timer = Mutex(source)
    }

    func stop() { timer.withLock { $0.cancel() } }

    deinit { timer.withLock { $0.cancel() } }
}
