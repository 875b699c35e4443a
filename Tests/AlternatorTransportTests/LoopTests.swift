import Synchronization
import TestSupport
import Testing

@testable import AlternatorTransport

/// Counts from many threads.
final class Counter: Sendable {
    private let count = Atomic<Int>(0)

    var value: Int { count.load(ordering: .sequentiallyConsistent) }

    func increment() { count.add(1, ordering: .sequentiallyConsistent) }
}

@Suite struct LoopTests {
    @Test func `deadlines come in order, whatever is moved and removed`() {
        let seed: UInt64 = 42
        var random = SeededGenerator(seed: seed)
        var heap = TimerHeap()
        let timers = (0..<300).map { _ in LoopTimer() }
        var expected: [ObjectIdentifier: Int64] = [:]
        for _ in 0..<5000 {
            let timer = timers.randomElement(using: &random)!
            if Int.random(in: 0..<4, using: &random) == 0 {
                heap.cancel(timer)
                expected[ObjectIdentifier(timer)] = nil
            } else {
                let time = Int64.random(in: 0..<1000, using: &random)
                heap.schedule(timer, at: MonotonicTime(nanoseconds: time))
                expected[ObjectIdentifier(timer)] = time
            }
        }
        let early = heap.popExpired(at: MonotonicTime(nanoseconds: -1))
        #expect(early == nil)
        var last: Int64 = 0
        while let timer = heap.popExpired(at: MonotonicTime(nanoseconds: 1000)) {
            let time = timer.deadline.nanoseconds
            #expect(expected.removeValue(forKey: ObjectIdentifier(timer)) == time, "seed \(seed)")
            #expect(time >= last, "seed \(seed)")
            last = time
        }
        #expect(expected.isEmpty && heap.isEmpty)
    }

    @Test func `an event of a closed channel does not reach its successor`() throws {
        var table = ChannelTable()
        let loop = EventLoop()
        let (first, second) = (Channel(loop: loop), Channel(loop: loop))
        let token = table.insert(first)
        #expect(table[token] === first)
        table.remove(first)
        #expect(table[token] == nil)
        let next = table.insert(second)
        #expect(next & 0xFFFF_FFFF == token & 0xFFFF_FFFF)
        #expect(table[token] == nil)
        #expect(table[next] === second)
        table.remove(first)
        #expect(table[next] === second)
    }

    @Test func `durations of any size become times without a trap`() {
        for duration in [Duration.seconds(Int64.max), .seconds(Int64.min), .zero, .nanoseconds(1)] {
            let time = MonotonicTime.now.advanced(by: duration)
            #expect(duration > .zero ? time > .now || duration == .nanoseconds(1) : time <= .now)
        }
        #expect(Duration.milliseconds(1500).saturatedNanoseconds == 1_500_000_000)
        #expect(Duration.seconds(Int64.max).saturatedNanoseconds == .max)
        #expect(Duration.seconds(Int64.min).saturatedNanoseconds == .min)
    }

    @Test func `those who wait are served in order, with removal from the middle`() {
        final class Item { let number: Int; init(_ number: Int) { self.number = number } }
        var line = WaitingLine<Item>()
        let items = (0..<10).map { Item($0) }
        for item in items { line.append(item) }
        let first = line.popFirst()
        #expect(first?.number == 0)
        let found = line.remove(items[5])
        #expect(found)
        let again = line.remove(items[5])
        let gone = line.remove(items[0])
        #expect(!again && !gone)
        let second = line.remove(at: 1)
        #expect(second.number == 2)
        #expect(line[1].number == 3)
        var order: [Int] = []
        while let item = line.popFirst() { order.append(item.number) }
        #expect(order == [1, 3, 4, 6, 7, 8, 9])
        #expect(line.isEmpty)
    }

    @Test func `actions and tasks given to a loop from many threads all run, on it`() async throws {
        let loop = EventLoop()
        try loop.start()
        let ran = Counter()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<16 {
                group.addTask {
                    for _ in 0..<500 {
                        loop.execute { loop in
                            if loop.isCurrent { ran.increment() }
                        }
                    }
                }
                group.addTask(executorPreference: loop) {
                    for _ in 0..<500 {
                        if loop.isCurrent { ran.increment() }
                        await Task.yield()
                    }
                }
            }
        }
        await withCheckedContinuation { continuation in loop.stop { continuation.resume() } }
        loop.join()
        #expect(ran.value == 16_000)
        #expect(!loop.execute { _ in })
    }
}
