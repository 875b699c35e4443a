/// Where to run: the embedded cluster, or seeds given by hand.
struct Arguments {
    var seeds: [String] = []
    var port: Int?

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    init(_ arguments: some Sequence<String>) throws {
        var rest = Array(arguments)[...]
        while let flag = rest.popFirst() {
            guard let value = rest.popFirst() else { throw Failure(description: "\(flag) needs a value") }
            switch flag {
            case "--seeds": seeds = value.split(separator: ",").map(String.init)
            case "--port":
                guard let number = Int(value) else { throw Failure(description: "--port \(value) is not a number") }
                port = number
            default: throw Failure(description: "unknown flag \(flag); known: --seeds HOST[,HOST] --port P")
            }
        }
        if seeds.isEmpty != (port == nil) { throw Failure(description: "--seeds and --port belong together") }
    }
}
