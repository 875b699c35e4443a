import AlternatorTransport
import AlternatorWire

/// Where a client's events go: to its observer, and as lines to standard error.
struct EventSink: Sendable {
    private let observer: (@Sendable (AlternatorEvent) -> Void)?
    private let minimum: AlternatorEvent.Level?
    private let secondsSinceEpoch: @Sendable () -> Int64
    private let write: @Sendable (String) -> Void

    init(
        _ config: AlternatorConfig,
        secondsSinceEpoch: @escaping @Sendable () -> Int64,
        write: @escaping @Sendable (String) -> Void = StandardError.write(line:)
    ) {
        observer = config.observer
        minimum = config.logLevel.minimum
        self.secondsSinceEpoch = secondsSinceEpoch
        self.write = write
    }

    /// Whether anybody wants events of this level; ask before building an event on the way of a request.
    func listens(to level: AlternatorEvent.Level) -> Bool {
        if observer != nil { return true }
        guard let minimum else { return false }
        return level >= minimum
    }

    /// Tells an event, which is built only if somebody listens; never called with a lock held.
    func tell(_ kind: AlternatorEvent.Kind, _ event: (AlternatorEvent.Kind) -> AlternatorEvent) {
        guard listens(to: kind.level) else { return }
        let event = event(kind)
        observer?(event)
        guard let minimum, event.level >= minimum else { return }
        write(Self.line(event, secondsSinceEpoch: secondsSinceEpoch()))
    }

    /// `20261121T084109Z warning alternator: nodeDown …`, in one line whatever a message holds.
    static func line(_ event: AlternatorEvent, secondsSinceEpoch: Int64) -> String {
        let time = SigningTime(secondsSinceEpoch: secondsSinceEpoch).timestamp
        let text = String(event.description.unicodeScalars.map { $0.value < 0x20 ? " " : Character($0) })
        return "\(time) \(event.level) alternator: \(text)"
    }
}
