/// What a `GET /localnodes` asks for.
package struct LocalNodesQuery: Sendable, Hashable {
    /// `nil`: the asked node's own datacentre.
    package let datacenter: String?
    /// `nil`: every rack.
    package let rack: String?

    package init(datacenter: String? = nil, rack: String? = nil) {
        self.datacenter = datacenter
        self.rack = rack
    }

    /// What the area of a scope is asked with.
    package init(_ area: RoutingScope.Area) {
        switch area {
        case .cluster, .wider: self.init()
        case .datacenter(let name): self.init(datacenter: name)
        case .rack(let datacenter, let rack): self.init(datacenter: datacenter, rack: rack)
        }
    }

    /// A rack that no cluster has: only a server that ignores the filter answers with nodes.
    package static let unknownRack = LocalNodesQuery(rack: "__alternator_client_swift_missing_rack__")

    /// `/localnodes?dc=us%20east%2F1&rack=r1`: everything outside RFC 3986's unreserved characters is escaped.
    package var path: String {
        var path = "/localnodes"
        var separator = "?"
        for (name, value) in [("dc", datacenter), ("rack", rack)] {
            guard let value else { continue }
            path += separator + name + "=" + Self.escaped(value)
            separator = "&"
        }
        return path
    }

    private static func escaped(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var result: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                result.append(byte)
            default:
                result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
