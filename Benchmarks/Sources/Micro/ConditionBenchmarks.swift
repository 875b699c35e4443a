import Alternator
import AlternatorWire

/// Conditions to expression text, with the placeholders of their names and values.
enum ConditionBenchmarks {
    static func all() throws -> [MicroBenchmark] {
        let fields = Fields<Account>()
        let made = fields.age > 17 && fields.address.city == "London" && fields.name.exists()
        return [
            MicroBenchmark("condition rendering, 3 terms") { try made.requestMembers().count },
            // As a call does, whose closure makes the condition.
            MicroBenchmark("condition made and rendered, 3 terms") {
                let made = fields.age > 17 && fields.address.city == "London" && fields.name.exists()
                return try made.requestMembers().count
            },
        ]
    }
}
