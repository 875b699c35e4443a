import AlternatorRouting
import Testing

struct EndpointTests {
    @Test func `the published endpoint orders hold, first spelling and all`() throws {
        for entry in try Vectors("upstream_spec_vectors").cases("endpoint_order") {
            let input = try #require(entry["input"]?.strings)
            var first: [Endpoint: String] = [:]
            for url in input {
                let endpoint = try Endpoint(parsing: url)
                if first[endpoint] == nil { first[endpoint] = url }
            }
            let sorted = first.keys.sorted()
            #expect(sorted.map(\.canonical) == entry["canonical"]?.strings)
            #expect(sorted.map { first[$0] } == entry["representatives"]?.strings)
        }
    }

    @Test(arguments: [
        ("http://10.0.0.1:8000", "http://10.0.0.1:8000"),
        ("HTTPS://Node1.Example.COM:443/", "https://node1.example.com"),
        ("http://a:080", "http://a"), ("http://a:", "http://a"), ("https://a:80", "https://a:80"),
        ("http://u:p@ss@b:1/x?y#z", "http://b:1"), ("http://[FE80::1%25eth0]:81", "http://[fe80::1%25eth0]:81"),
        ("http://[::]", "http://[::]"), ("http://[::ffff:10.0.0.1]", "http://[::ffff:10.0.0.1]"),
        ("http://a?x", "http://a"), ("http://a#x", "http://a"), ("http://a.", "http://a."),
    ])
    func `a URL has one canonical spelling`(url: String, canonical: String) throws {
        #expect(try Endpoint(parsing: url).canonical == canonical)
    }

    @Test(arguments: [
        "", "a", "//a", "http://", "http:///path", "ftp://a", "http://a:0", "http://a:65536", "http://a:8x",
        "http://[::1", "http://[::1]x", "http://[1.2.3.4]", "http://a b", "http://a..b", "http://bücher.de",
        "http://::1",
        "http://10.0.0", "http://10.0.0.256", "http://010.0.0.1", "http://[1::2::3]", "http://[1:2:3:4:5:6:7:8:9]",
        "http://[1:2:3]", "http://[:1::2]", "http://[12345::]", "http://[::1%25]", "http://a:99999999999999999999",
        "http://-\u{0}", "://a",
    ])
    func `what is no endpoint is an error`(url: String) {
        #expect(throws: EndpointError.self) { try Endpoint(parsing: url) }
    }

    @Test func `brackets around an IPv6 host make no difference`() throws {
        let plain = try Endpoint(scheme: .http, host: "2001:db8::1", port: 8000)
        let bracketed = try Endpoint(scheme: .http, host: "[2001:DB8::1]", port: 8000)
        #expect(plain == bracketed)
        #expect(plain.host == "2001:db8::1")
        #expect(bracketed.host == "2001:DB8::1")
        #expect(plain.authority == "[2001:db8::1]:8000")
        #expect(plain != (try Endpoint(scheme: .https, host: "2001:db8::1", port: 8000)))
    }

    @Test func `order is by bytes, so a longer number comes before the colon of a shorter one`() throws {
        let hosts = ["10.0.0.2", "10.0.0.1", "10.0.0.100", "10.0.0.10"]
        let sorted = try hosts.map { try Endpoint(scheme: .http, host: $0, port: 8000) }.sorted()
        #expect(sorted.map(\.host) == ["10.0.0.100", "10.0.0.10", "10.0.0.1", "10.0.0.2"])
        let plain = try hosts.map { try Endpoint(scheme: .http, host: $0, port: 80) }.sorted()
        #expect(plain.map(\.host) == ["10.0.0.1", "10.0.0.10", "10.0.0.100", "10.0.0.2"])
    }
}
