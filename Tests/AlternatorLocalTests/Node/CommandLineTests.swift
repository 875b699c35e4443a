import Testing

@testable import AlternatorLocal

@Suite struct CommandLineTests {
    @Test func `flags make a configuration`() throws {
        let options = try CommandLineOptions([
            "--nodes", "3", "--port=0", "--data", "x.db", "--admin-port", "8099", "--gossip-delay", "1.5",
        ])
        let configuration = options.configuration
        #expect(configuration.nodes.map(\.address) == ["127.0.0.1", "127.0.0.2", "127.0.0.3"])
        #expect(configuration.nodes.map(\.rack) == ["rack1", "rack2", "rack3"])
        #expect(configuration.port == 0)
        #expect(configuration.dataFile == "x.db")
        #expect(configuration.adminPort == 8099)
        #expect(configuration.gossipDelay == .milliseconds(1500))
        #expect(configuration.timeToLivePeriod == .milliseconds(500))
        #expect(configuration.allowsSystemTableWrites)
        let strict = try CommandLineOptions(["--forbid-system-table-write", "--ttl-period", "60"]).configuration
        #expect(strict.timeToLivePeriod == .seconds(60))
        #expect(!strict.allowsSystemTableWrites)
    }

    @Test func `nodes are placed one by one`() throws {
        let options = try CommandLineOptions(["--node", "127.0.0.1=dc1/a", "--node=127.0.0.2=dc2/b"])
        #expect(
            options.configuration.nodes == [
                .init(address: "127.0.0.1", datacenter: "dc1", rack: "a"),
                .init(address: "127.0.0.2", datacenter: "dc2", rack: "b"),
            ]
        )
        #expect(options.configuration.port == 8000)
    }

    @Test(arguments: [
        (["--nodes", "0"], "--nodes"), (["--port", "x"], "--port"), (["--what"], "--what"),
        (["--port"], "needs a value"),
        (["--node", "127.0.0.1"], "ADDR=DC/RACK"), (["--nodes", "1", "--node", "127.0.0.1=a/b"], "not both"),
        (["--write-isolation", "dog"], "dog"), (["--ttl-period", "-1"], "--ttl-period"),
    ])
    func `a wrong flag is explained`(arguments: [String], part: String) {
        let error = #expect(throws: CommandLineOptions.Mistake.self) { try CommandLineOptions(arguments) }
        #expect(error?.description.contains(part) == true)
    }
}
