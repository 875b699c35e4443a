import Alternator
import AlternatorWire

/// Items to bytes and back.
enum CodecBenchmarks {
    static func all() throws -> [MicroBenchmark] {
        let encoder = ItemEncoder()
        let decoder = ItemDecoder()
        let account = Account.sample
        var writer = JSONWriter(reserving: 4096)
        try encoder.encodeItem(account, into: &writer)
        let item = writer.bytes
        let page = try self.page(of: 100)
        return [
            // The writer is a local of the loop: a captured one would cost checks that belong to no caller.
            MicroBenchmark("encode, 10 attributes", bytes: item.count) { calls in
                var writer = JSONWriter(reserving: 1024)
                var sink = 0
                for _ in 0..<calls {
                    writer.bytes.removeAll(keepingCapacity: true)
                    try encoder.encodeItem(account, into: &writer)
                    sink &+= writer.bytes.count
                }
                return sink
            },
            MicroBenchmark("decode, 10 attributes", bytes: item.count) {
                var reader = JSONReader(item)
                return try decoder.decodeItem(Account.self, from: &reader).age
            },
            MicroBenchmark("encode by hand, 10 attributes", bytes: item.count) { calls in
                var writer = JSONWriter(reserving: 1024)
                let account = FastAccount(account)
                // As a table does, which knows its model.
                let fast = AnyFastType.of(FastAccount.self)
                var sink = 0
                for _ in 0..<calls {
                    writer.bytes.removeAll(keepingCapacity: true)
                    try encoder.encodeItem(account, by: fast, into: &writer)
                    sink &+= writer.bytes.count
                }
                return sink
            },
            MicroBenchmark("decode by hand, 10 attributes", bytes: item.count) {
                var reader = JSONReader(item)
                return try decoder.decodeItem(FastAccount.self, from: &reader).account.age
            },
            MicroBenchmark("page decode, per item", bytes: page.count, items: 100) {
                // As a page is read.
                let fast = AnyFastType.of(Profile.self)
                return try decoder.run(over: page) { run in
                    try items(of: page) { reader in try run.decodeItem(Profile.self, by: fast, from: &reader).age }
                }
            },
            MicroBenchmark("page scan only, per item", bytes: page.count, items: 100) {
                try items(of: page) { reader in try reader.scanItem() }
            },
        ]
    }

    /// The answer to a Query.
    private static func page(of count: Int) throws -> [UInt8] {
        var writer = JSONWriter()
        writer.raw("{\"Items\":[")
        for number in 0..<count {
            if number > 0 { writer.byte(UInt8(ascii: ",")) }
            try ItemEncoder().encodeItem(Profile.sample(number), into: &writer)
        }
        writer.raw("],\"Count\":\(count),\"ScannedCount\":\(count)}")
        return writer.bytes
    }

    private static func items(of page: [UInt8], _ read: (inout JSONReader) throws -> Int) throws -> Int {
        var reader = JSONReader(page)
        var sum = 0
        try reader.beginObject()
        while let member = try reader.nextKey() {
            guard member == "Items" else {
                try reader.skipValue()
                continue
            }
            try reader.beginArray()
            while try reader.nextElement() { sum &+= try read(&reader) }
        }
        return sum
    }
}
