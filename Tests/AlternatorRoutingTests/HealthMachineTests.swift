import AlternatorRouting
import Testing

struct HealthMachineTests {
    private static let events: [String: HealthEvent] = [
        "TRAFFIC_SUCCESS": .trafficSucceeded, "TRAFFIC_FAILURE": .trafficFailed, "PROBE_SUCCESS": .probeSucceeded,
        "PROBE_FAILURE": .probeFailed,
    ]
    private static let states: [String: HealthState] = [
        "ACTIVE": .active, "QUARANTINED": .quarantined, "DOWN": .down,
    ]

    private func state(_ entry: Vectors, _ name: String) throws -> HealthState {
        let text = try #require(entry[name]?.string)
        return try #require(Self.states[text])
    }

    @Test func `the published transitions hold`() throws {
        for entry in try Vectors("upstream_spec_vectors").cases("node_health_transitions") {
            let settings = NodeHealthSettings(
                activeFailures: try #require(entry["active_failure_threshold"]?.int),
                downRecovery: try #require(entry["down_recovery_threshold"]?.int),
                quarantinePromotion: try #require(entry["quarantine_promotion_threshold"]?.int),
                quarantineFailures: try #require(entry["quarantine_failure_threshold"]?.int)
            )
            let initial = try state(entry, "initial_state")
            var machine = HealthMachine(initial, settings: settings)
            for name in try #require(entry["observations"]?.strings) {
                let event = try #require(Self.events[name])
                _ = machine.apply(event, generation: machine.generation, settings: settings)
            }
            let state = try state(entry, "state")
            #expect(machine.state == state)
            #expect(machine.failures == entry["failures"]?.int)
            #expect(machine.successes == entry["successes"]?.int)
            #expect(Int(machine.generation) == entry["generation"]?.int)
        }
    }

    @Test func `the defaults are the specification's`() throws {
        let defaults = try Vectors("upstream_spec_vectors").need("defaults")
        let settings = NodeHealthSettings.on
        #expect(settings.activeFailures == defaults["active_failure_threshold"]?.int)
        #expect(settings.downRecovery == defaults["down_recovery_threshold"]?.int)
        #expect(settings.quarantinePromotion == defaults["quarantine_promotion_threshold"]?.int)
        #expect(settings.quarantineFailures == defaults["quarantine_failure_threshold"]?.int)
        #expect(settings.probePeriod == .milliseconds(try #require(defaults["background_probe_period_ms"]?.int)))
        #expect(settings.probeConcurrency == defaults["probe_concurrency"]?.int)
        #expect(settings.probeTimeout == .milliseconds(try #require(defaults["probe_timeout_ms"]?.int)))
        #expect(settings.isEnabled == (defaults["health_disabled"]?.bool == false))
        #expect((KeyAffinity.off.mode != .off) == defaults["affinity_enabled"]?.bool)
    }

    /// A state with the counters it can have: thresholds are 3 failures, 2 recoveries, 3 promotions, 3 failures.
    struct Situation: Hashable, CustomStringConvertible {
        let state: HealthState
        let failures: Int
        let successes: Int
        let generation: UInt32
        var description: String { "\(state) f\(failures) s\(successes) g\(generation)" }

        init(_ state: HealthState, _ failures: Int, _ successes: Int, _ generation: UInt32) {
            self.state = state
            self.failures = failures
            self.successes = successes
            self.generation = generation
        }

        init(_ machine: HealthMachine) {
            self.init(machine.state, machine.failures, machine.successes, machine.generation)
        }
    }

    private static let settings = NodeHealthSettings(
        activeFailures: 3,
        downRecovery: 2,
        quarantinePromotion: 3,
        quarantineFailures: 3
    )

    /// Each situation with what each event makes of it, written from the specification's prose.
    ///
    /// Columns are traffic
    /// success, traffic failure, probe success, probe failure, discovery answer. Generation is the node's own, 1, so that
    /// an older one exists.
    private static let table: [(Situation, [Situation])] = {
        func active(_ failures: Int) -> Situation { Situation(.active, failures, failures == 0 ? 3 : 0, 1) }
        func quarantined(_ failures: Int, _ successes: Int) -> Situation {
            Situation(.quarantined, failures, successes, 1)
        }
        let down = Situation(.down, 3, 0, 2)
        return [
            (active(0), [active(0), active(1), active(0), active(0), active(0)]),
            (active(1), [active(0), active(2), active(1), active(1), active(1)]),
            (active(2), [active(0), down, active(2), active(2), active(2)]),
            (quarantined(0, 0), [quarantined(0, 1), quarantined(1, 0), active(0), quarantined(0, 0), active(0)]),
            (quarantined(0, 1), [quarantined(0, 2), quarantined(1, 0), active(0), quarantined(0, 1), active(0)]),
            (quarantined(0, 2), [active(0), quarantined(1, 0), active(0), quarantined(0, 2), active(0)]),
            (quarantined(1, 0), [quarantined(0, 1), quarantined(2, 0), active(0), quarantined(1, 0), active(0)]),
            (quarantined(2, 0), [quarantined(0, 1), down, active(0), quarantined(2, 0), active(0)]),
            (
                Situation(.down, 3, 0, 1),
                [
                    Situation(.down, 3, 0, 1), Situation(.down, 3, 0, 1), Situation(.down, 3, 1, 1),
                    Situation(.down, 3, 0, 1), Situation(.down, 3, 0, 1),
                ]
            ),
            (
                Situation(.down, 3, 1, 1),
                [
                    Situation(.down, 3, 1, 1), Situation(.down, 3, 1, 1), quarantined(0, 0), Situation(.down, 3, 0, 1),
                    Situation(.down, 3, 1, 1),
                ]
            ),
        ]
    }()
    private static let columns: [HealthEvent] = [
        .trafficSucceeded, .trafficFailed, .probeSucceeded, .probeFailed, .discoveryAnswered,
    ]

    /// A machine in some situation of generation 1, brought there by events alone.
    private static func machine(in wanted: Situation) throws -> HealthMachine {
        var machine = HealthMachine(.active, settings: settings)
        func apply(_ event: HealthEvent, _ times: Int) {
            for _ in 0..<times { _ = machine.apply(event, generation: machine.generation, settings: settings) }
        }
        apply(.trafficFailed, 3)
        switch wanted.state {
        case .down:
            apply(.probeSucceeded, wanted.successes)
        case .quarantined:
            apply(.probeSucceeded, 2)
            apply(.trafficSucceeded, wanted.successes)
            apply(.trafficFailed, wanted.failures)
        case .active:
            apply(.probeSucceeded, 3)
            apply(.trafficFailed, wanted.failures)
        }
        try #require(Situation(machine) == wanted)
        return machine
    }

    @Test func `each event does in each situation what the table says, and nothing in an older generation`() throws {
        try #require(Set(Self.columns) == Set(HealthEvent.allCases))
        for (situation, results) in Self.table {
            for (event, result) in zip(Self.columns, results) {
                var machine = try Self.machine(in: situation)
                let changed = machine.apply(event, generation: situation.generation, settings: Self.settings)
                #expect(Situation(machine) == result, "\(situation) after \(event)")
                #expect(changed == (result.state != situation.state), "\(situation) after \(event)")
                for foreign in [situation.generation - 1, situation.generation + 1] {
                    var stale = try Self.machine(in: situation)
                    let changed = stale.apply(event, generation: foreign, settings: Self.settings)
                    #expect(!changed)
                    #expect(Situation(stale) == situation, "\(situation) after \(event) of generation \(foreign)")
                }
            }
        }
    }

    @Test func `the table has every situation that events can lead to`() {
        // Generations only count up, so they are left out of the comparison.
        func plain(_ situation: Situation) -> Situation {
            Situation(situation.state, situation.failures, situation.successes, 0)
        }
        let known = Set(Self.table.map { plain($0.0) })
        var found: Set<Situation> = []
        var open = [
            HealthMachine(.active, settings: Self.settings), HealthMachine(.quarantined, settings: Self.settings),
        ]
        while let machine = open.popLast() {
            guard found.insert(plain(Situation(machine))).inserted else { continue }
            for event in HealthEvent.allCases {
                var next = machine
                _ = next.apply(event, generation: next.generation, settings: Self.settings)
                open.append(next)
            }
        }
        #expect(found == known)
    }

    @Test func `thresholds below one count as one`() {
        let settings = NodeHealthSettings(
            activeFailures: 0,
            downRecovery: -5,
            quarantinePromotion: 0,
            quarantineFailures: 0
        ).normalized
        var machine = HealthMachine(.active, settings: settings)
        let change1 = machine.apply(.trafficFailed, generation: 0, settings: settings)
        #expect(change1)
        #expect(machine.state == .down)
        let change2 = machine.apply(.probeSucceeded, generation: 1, settings: settings)
        #expect(change2)
        #expect(machine.state == .quarantined)
        let change3 = machine.apply(.trafficSucceeded, generation: 1, settings: settings)
        #expect(change3)
        #expect(machine.state == .active)
    }

    @Test func `bad settings are named`() {
        #expect(NodeHealthSettings.on.problem == nil)
        #expect(NodeHealthSettings.on(probePeriod: .zero).problem?.contains("probePeriod") == true)
        #expect(NodeHealthSettings.on(probeTimeout: .seconds(-1)).problem?.contains("probeTimeout") == true)
        #expect(NodeHealthSettings.on(probeConcurrency: 65).problem?.contains("probeConcurrency") == true)
        #expect(NodeHealthSettings.on(probeConcurrency: 0).problem?.contains("probeConcurrency") == true)
    }
}
