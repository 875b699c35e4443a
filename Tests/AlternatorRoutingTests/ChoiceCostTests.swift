#if !DEBUG
    import AlternatorRouting
    import AlternatorWire
    import TestSupport
    import Testing

    /// What choosing a node costs; measured where the optimiser has been at work only.
    ///
    /// The best of 20 runs: other work on the machine makes runs slower, never faster.
    @Suite(.serialized) struct ChoiceCostTests {
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

        /// One request: plan, choice, outcome.
        private static func request(_ state: inout RoutingState, _ target: RouteTarget, _ round: Int) {
            var plan = state.plan(for: target, choice: UInt64(truncatingIfNeeded: round) &* 0x9E37_79B9_7F4A_7C15)
            guard let selection = state.next(in: &plan, now: .zero) else {
                Issue.record("no node")
                return
            }
            _ = state.finished(selection, .response(status: 200), now: .zero)
        }

        @Test(.ownThread) func `without affinity a node is chosen within 200 ns`() throws {
            var state = try RoutingState.active(16)
            let cost = Self.bestNanoseconds { Self.request(&state, .any, $0) }
            print("choosing one of 16 nodes: \(cost) ns")
            #expect(cost < 200)
        }

        @Test(.ownThread) func `with affinity a node is chosen within 1 µs, hashing the key included`() throws {
            let keys = (0..<64).map { AttributeValue.string("user-\($0)-of-some-length") }
            for order in KeyAffinity.Order.allCases {
                var state = try RoutingState.active(16, order: order)
                let cost = Self.bestNanoseconds { round in
                    let hint = RouteHint(table: "users", partitionKey: keys[round % 64], access: .write)
                    Self.request(&state, hint.target(.anyWrite), round)
                }
                print("choosing one of 16 nodes by key, order \(order): \(cost) ns")
                #expect(cost < 1000)
            }
        }
    }
#endif
