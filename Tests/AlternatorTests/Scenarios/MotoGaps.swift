/// Scenarios that moto answers wrongly, with its wrong answer; each runs there as a known issue.
enum MotoGaps {
    static let wrongAnswers: [String: String] = [
        "types differ": "a condition that compares a string with a number is answered 500, not found false",
        "number forms": "1.50e3 comes back as it was sent, not as 1500",
    ]
}
