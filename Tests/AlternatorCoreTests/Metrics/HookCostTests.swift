#if !DEBUG
    import AlternatorTransport
    import AlternatorWire
    import TestSupport
    import Testing

    @testable import AlternatorCore

    /// What events and metrics cost a request; measured where the optimiser has been at work only.
    ///
    /// The best of 20 runs, beside something else that a request does: machines differ, and other work makes runs slower.
    @Suite(.serialized, .ownThread) struct HookCostTests {
        private static let rounds = 20_000

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

        private static func costOfAnEvent(_ sink: EventSink) -> Double {
            bestNanoseconds { round in
                sink.tell(.nodeChosen) { AlternatorEvent($0, "Choice \(round).", node: "10.0.0.1:8000") }
            }
        }

        @Test func `an event that nobody wants costs a fifth of one that is told, at most`() {
            var config = AlternatorConfig(seedHosts: ["10.0.0.1"], port: 8000)
            let unwanted = Self.costOfAnEvent(EventSink(config, secondsSinceEpoch: { 0 }, write: { _ in }))
            config.logLevel = .debug
            config.observer = { _ in }
            let told = Self.costOfAnEvent(EventSink(config, secondsSinceEpoch: { 0 }, write: { _ in }))
            print("an event nobody wants: \(unwanted) ns, one that is told: \(told) ns")
            #expect(unwanted * 5 < told)
        }

        @Test func `counting and timing a request costs less than half of signing it`() {
            let meter = ClientMeter(lanes: 2)
            let node = meter.node("10.0.0.1:8000")
            let counting = Self.bestNanoseconds { round in
                meter.called(.getItem, nanoseconds: 110_000 + Int64(round))
                node.succeeded(.getItem, nanoseconds: 100_000 + Int64(round), bytesSent: 300, bytesReceived: 500)
            }
            let signer = RequestSigner(SigningKeys("role", "secret", nil), region: "us-east-1")
            let (authority, body) = (Array("10.0.0.1:8000".utf8), [UInt8](repeating: 0x7B, count: 388))
            let starts = SignatureStarts()
            let signing = Self.bestNanoseconds { _ in
                let start = starts.start(signer, .getItem, authority: authority, second: 1_795_246_560)
                _ = ByteBuilder.array(capacity: start.room) { start.sign(body, into: &$0) }
            }
            print("metrics of one request: \(counting) ns, its signature: \(signing) ns")
            #expect(counting * 2 < signing)
        }
    }
#endif
