#if !DEBUG
    import AlternatorTransport
    import AlternatorWire
    import Testing

    @testable import AlternatorCore

    /// What events and metrics cost a request; measured where the optimiser has been at work only.
    ///
    /// The best of 20 runs: other work on the machine makes runs slower, never faster.
    @Suite(.serialized) struct HookCostTests {
        private static let rounds = 100_000

        private static func bestNanoseconds(_ body: (Int) -> Void) -> Double {
            var best = Double.infinity
            for _ in 0..<20 {
                let time = ContinuousClock().measure {
                    for round in 0..<rounds { body(round) }
                }
                best = min(best, time / .nanoseconds(1) / Double(rounds))
            }
            return best
        }

        @Test func `an event that nobody wants costs a few nanoseconds`() {
            let config = AlternatorConfig(seedHosts: ["10.0.0.1"], port: 8000)
            let sink = EventSink(config, secondsSinceEpoch: { 0 }, write: { _ in })
            let cost = Self.bestNanoseconds { round in
                sink.tell(.nodeChosen) { AlternatorEvent($0, "Choice \(round).", node: "10.0.0.1:8000") }
            }
            print("an event nobody wants: \(cost) ns")
            // A request is three or four of them and takes tens of microseconds.
            #expect(cost < 20)
        }

        @Test func `counting and timing a request costs less than 200 ns`() {
            let meter = ClientMeter(lanes: 2)
            let node = meter.node("10.0.0.1:8000")
            let cost = Self.bestNanoseconds { round in
                node.add(300, to: .bytesSent)
                node.add(500, to: .bytesReceived)
                node.answered(.getItem, status: 200, for: .nanoseconds(100_000 + round))
                meter.called(.getItem, for: .nanoseconds(110_000 + round))
            }
            print("metrics of one request: \(cost) ns")
            #expect(cost < 200)
        }
    }
#endif
