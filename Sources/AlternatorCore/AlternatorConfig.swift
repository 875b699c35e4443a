/// Everything a client can be told. Making one never fails; values are checked when a client is made from it.
public struct AlternatorConfig: Sendable {
    public var seedHosts: [String]
    public var port: Int
    /// Partition-key names of tables, known beforehand.
    public var tablePKMap: [String: String]

    public init(seedHosts: [String], port: Int, tablePKMap: [String: String] = [:]) {
        self.seedHosts = seedHosts
        self.port = port
        self.tablePKMap = tablePKMap
    }
}
