/// One descriptor on an event loop: a connection, a listener, an attempt to connect.
///
/// Its methods are called on the loop's thread only.
class Channel: LoopTimer, @unchecked Sendable {
    let loop: EventLoop
    /// Names the channel in events; 0 when not registered.
    fileprivate(set) var token: UInt64 = 0

    init(loop: EventLoop) { self.loop = loop }

    /// Edge-triggered: everything that can be read or written now has to be.
    func ready(_ readiness: Readiness) {}

    /// The loop ends: close and tell whoever waits.
    func loopStopping() {}
}

/// The channels of one loop, found by token.
///
/// A token is a slot and the slot's generation, so an event of a closed channel never reaches its successor.
struct ChannelTable {
    private var slots: [(channel: Channel?, generation: UInt32)] = []
    private var free: [Int] = []

    /// The channels there are now.
    var all: [Channel] { slots.compactMap(\.channel) }

    mutating func insert(_ channel: Channel) -> UInt64 {
        let slot: Int
        if let reused = free.popLast() {
            slot = reused
        } else {
            slot = slots.count
            slots.append((nil, 0))
        }
        slots[slot].generation &+= 1
        slots[slot].channel = channel
        channel.token = UInt64(slots[slot].generation) << 32 | UInt64(slot)
        return channel.token
    }

    /// Lets `successor` take over the descriptor of `channel`.
    mutating func replace(_ channel: Channel, with successor: Channel) {
        guard let slot = slot(of: channel) else { return }
        slots[slot].channel = successor
        successor.token = channel.token
        channel.token = 0
    }

    mutating func remove(_ channel: Channel) {
        guard let slot = slot(of: channel) else { return }
        slots[slot].channel = nil
        channel.token = 0
        free.append(slot)
    }

    /// The channel an event is for; `nil` when it is gone.
    subscript(token: UInt64) -> Channel? {
        let slot = Int(token & 0xFFFF_FFFF)
        guard slot < slots.count, slots[slot].generation == UInt32(token >> 32) else { return nil }
        return slots[slot].channel
    }

    private func slot(of channel: Channel) -> Int? {
        guard channel.token != 0 else { return nil }
        return Int(channel.token & 0xFFFF_FFFF)
    }
}
