/// What a provider gave, and which of its calls are under way: a machine that makes no call itself.
///
/// All times are seconds since 1970 by this machine's clock: keys end by the time of day.
struct KeyCache: Sendable {
    /// So many calls that were given up may still be running before no other one is made.
    static let maximumAbandoned = 4

    private struct Held {
        let keys: SigningKeys
        /// `nil`: never.
        let ends: Int64?
        let isDue: Int64?
    }

    private var held: Held?
    /// The call whose result counts.
    private var call: Int?
    private var calls = 0
    private var lastCall: Int64?
    private var abandoned = 0

    enum Answer {
        /// Sign with these; make call `refresh`, if there is one, but do not wait for it.
        case ready(SigningKeys, refresh: Int?)
        /// Wait for a call; make it first if `isNew`.
        case wait(call: Int, isNew: Bool)
        /// All the calls one may have running hang.
        case hung
    }

    /// Keys that have not ended, and the call that is to replace them in time; `nil`: there are none.
    mutating func keysAtHand(now: Int64) -> (keys: SigningKeys, refresh: Int?)? {
        guard let held, held.ends.map({ now < $0 }) ?? true else { return nil }
        guard let isDue = held.isDue, now >= isDue, call == nil, mayCallAgain(now) else { return (held.keys, nil) }
        return (held.keys, begin(now))
    }

    /// What a request does that needs keys.
    mutating func keys(now: Int64) -> Answer {
        if let (keys, refresh) = keysAtHand(now: now) { return .ready(keys, refresh: refresh) }
        if let call { return .wait(call: call, isNew: false) }
        return begin(now).map { .wait(call: $0, isNew: true) } ?? .hung
    }

    /// The server has refused a signature made with `keys`.
    ///
    /// - Returns: what to sign with now; `nil`: nothing better than they can be had.
    mutating func refused(_ keys: SigningKeys, now: Int64) -> Answer? {
        guard let held else { return nil }
        // Another request has found it out before.
        if held.keys !== keys { return .ready(held.keys, refresh: nil) }
        if let call { return .wait(call: call, isNew: false) }
        guard mayCallAgain(now) else { return nil }
        return begin(now).map { .wait(call: $0, isNew: true) }
    }

    /// A call has given keys, which end after `seconds`.
    ///
    /// - Returns: whether its result counts: it was not given up before.
    mutating func succeeded(_ number: Int, _ keys: SigningKeys, seconds: Int64?, now: Int64) -> Bool {
        guard end(number) else { return false }
        guard let seconds else {
            held = Held(keys: keys, ends: nil, isDue: nil)
            return true
        }
        let ends = now.addingReportingOverflow(seconds)
        let early = min(60, seconds / 5)
        held = Held(
            keys: keys,
            ends: ends.overflow ? nil : ends.partialValue,
            isDue: ends.overflow ? nil : ends.partialValue - early
        )
        return true
    }

    /// A call has given none; what is held is kept to its end.
    mutating func failed(_ number: Int) -> Bool { end(number) }

    /// A call is not waited for any longer.
    ///
    /// - Returns: whether it was still under way.
    mutating func gaveUp(_ number: Int) -> Bool {
        guard call == number else { return false }
        call = nil
        abandoned += 1
        return true
    }

    private mutating func begin(_ now: Int64) -> Int? {
        guard abandoned < Self.maximumAbandoned else { return nil }
        calls += 1
        call = calls
        lastCall = now
        return calls
    }

    private mutating func end(_ number: Int) -> Bool {
        guard call == number else {
            abandoned -= 1
            return false
        }
        call = nil
        return true
    }

    /// Whether the last call is more than a second ago, or in the future of a clock that was set back.
    private func mayCallAgain(_ now: Int64) -> Bool { lastCall.map { now > $0 || now < $0 } ?? true }
}
