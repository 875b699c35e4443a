import AlternatorLocal

@main
struct Main {
    static func main() {
        EndSignals.hold()
        OpenFiles.raiseLimit()
        do {
            let options = try CommandLineOptions(Array(CommandLine.arguments.dropFirst()))
            if options.showsHelp {
                StandardStream.output(CommandLineOptions.help)
                return
            }
            let cluster = try Blocking.run { try await LocalCluster(options.configuration) }
            let addresses = cluster.nodes.map { "http://\($0.address):\(cluster.port)" }
            StandardStream.output("ready " + addresses.joined(separator: " "))
            if let port = cluster.tlsPort, let files = cluster.tlsFiles {
                let secure = cluster.nodes.map { "https://\($0.address):\(port)" }.joined(separator: " ")
                StandardStream.error("tls \(secure) authority \(files.authority)")
            }
            if let port = cluster.adminPort { StandardStream.error("admin http://127.0.0.1:\(port)") }
            let signal = EndSignals.wait()
            StandardStream.error("signal \(signal): closing")
            try Blocking.run { await cluster.close() }
        } catch let mistake as CommandLineOptions.Mistake {
            StandardStream.error("alternator-local: \(mistake.description)")
            exitProcess(2)
        } catch {
            StandardStream.error("alternator-local: \(error)")
            exitProcess(1)
        }
    }
}
