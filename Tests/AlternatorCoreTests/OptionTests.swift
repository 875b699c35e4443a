import AlternatorRouting
import AlternatorTransport
import AlternatorWire
import TestSupport
import Testing

@testable import AlternatorCore

@Suite struct OptionTests {
    private static func options(_ change: (inout RequestOptions) -> Void) -> RequestOptions {
        var options = RequestOptions()
        change(&options)
        return options
    }

    @Test func `a call may ask for its node`() async throws {
        let bench = try await Bench()
        try await bench.healthy()
        for host in Bench.three {
            for _ in 0..<5 {
                let answer = try await bench.put(options: Self.options { $0.firstNode = "\(host):8000" })
                #expect(answer.node == "\(host):8000")
            }
        }
        bench.transport.at("10.0.0.2") { _ in .refused }
        let answer = try await bench.put(options: Self.options { $0.firstNode = "10.0.0.2:8000" })
        #expect(answer.node != "10.0.0.2:8000")
        let error = await failure { try await bench.put(options: Self.options { $0.firstNode = "10.0.0.9:8000" }) }
        #expect(error?.code == .noNodeAvailable)
        #expect(error?.message.contains("RequestOptions.firstNode: '10.0.0.9:8000'") == true)
        await bench.client.close()
    }

    @Test(arguments: [1, 2, 5])
    func `a call may have its own number of attempts`(attempts: Int) async throws {
        let bench = try await Bench()
        bench.transport.everywhere { $0.isDiscovery ? nil : .status(500, "") }
        let error = await bench.whileTimePasses {
            await failure { try await bench.put(options: Self.options { $0.maximumAttempts = attempts }) }
        }
        #expect(error?.attempts == attempts)
        #expect(bench.transport.requests.count == attempts)
        await bench.client.close()
    }

    @Test func `a call may be routed by its key, or not, against the client's setting`() async throws {
        let body = #"{"TableName":"users","Item":{"id":{"S":"x"}}}"#
        for (setting, mode) in [(KeyAffinity.off, KeyAffinity.Mode.anyWrite), (.anyWrite, .off)] {
            let bench = try await Bench(configure: {
                $0.tablePKMap = ["users": "id"]
                $0.keyAffinity = setting
            })
            try await bench.healthy()
            for _ in 0..<30 { _ = try await bench.put(body: body) }
            let usual = Set(bench.transport.requests.map(\.host)).count
            for _ in 0..<30 { _ = try await bench.put(options: Self.options { $0.keyAffinity = mode }, body: body) }
            let other = Set(bench.transport.requests.dropFirst(30).map(\.host)).count
            #expect((usual, other) == (setting == .off ? (3, 1) : (1, 3)))
            await bench.client.close()
        }
    }

    @Test func `headers of a call go out with every attempt of it alone`() async throws {
        let bench = try await Bench(configure: {
            $0.additionalHeaders = ["X-All": "1"]
            $0.authentication = .credentials(accessKey: "role", secretKey: "s")
        })
        bench.transport.everywhere { $0.isDiscovery ? nil : .status(500, "") }
        _ = await bench.whileTimePasses {
            await failure { try await bench.put(options: Self.options { $0.additionalHeaders = ["X-One": "a b"] }) }
        }
        let calls = bench.transport.requests
        #expect(calls.count == 3)
        #expect(calls.allSatisfy { $0.header("X-One") == "a b" && $0.header("X-All") == "1" })
        #expect(calls.allSatisfy { $0.header("Authorization")?.contains("x-one") == false })
        #expect(calls.allSatisfy { $0.head.hasSuffix("\r\n\r\n") && $0.head.components("\r\n\r\n") == 2 })
        bench.transport.everywhere(nil)
        _ = try await bench.put()
        #expect(bench.transport.requests.last?.header("X-One") == nil)
        await bench.client.close()
    }

    @Test func `an option that cannot be used is named, and nothing is sent`() async throws {
        let bench = try await Bench(configure: { $0.additionalHeaders = ["X-All": "1"] })
        let bad: [(String, RequestOptions)] = [
            ("maximumAttempts", Self.options { $0.maximumAttempts = 0 }),
            ("requestTimeout", Self.options { $0.requestTimeout = .microseconds(999) }),
            ("operationTimeout", Self.options { $0.operationTimeout = .zero }),
            ("maximumAttempts", Self.options { $0.maximumAttempts = .min }),
            ("hedging", Self.options { $0.hedging = .after(.zero) }),
            ("additionalHeaders", Self.options { $0.additionalHeaders = ["Host": "x"] }),
            ("additionalHeaders", Self.options { $0.additionalHeaders = ["X A": "x"] }),
            ("additionalHeaders", Self.options { $0.additionalHeaders = ["X-A": "x\r\nY: z"] }),
            ("additionalHeaders", Self.options { $0.additionalHeaders = ["x-all": "2"] }),
            ("additionalHeaders", Self.options { $0.additionalHeaders = ["X-A": "1", "x-a": "2"] }),
        ]
        for (name, options) in bad {
            var limited = options
            limited.operationTimeout = .seconds(1)
            for options in name == "operationTimeout" ? [options] : [options, limited] {
                let error = await failure { try await bench.put(options: options) }
                #expect(error?.code == .configuration)
                #expect(error?.message.hasPrefix("RequestOptions.\(name): ") == true, "\(error as Any)")
            }
        }
        #expect(bench.transport.requests.isEmpty)
        await bench.client.close()
    }
}

extension String {
    /// How many parts it has between `separator`s.
    fileprivate func components(_ separator: String) -> Int {
        split(separator: separator, omittingEmptySubsequences: false).count
    }
}
