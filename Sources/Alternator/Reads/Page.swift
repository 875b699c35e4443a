/// Some items of a query or scan, and where to go on.
public struct Page<Element> {
    /// The items; possibly none although more follow, where a filter let nothing pass.
    public var items: [Element]
    /// Where the next page begins; `nil` after the last one.
    public var next: PageToken?
    /// Items the server looked at, before the filter.
    public var scanned: Int
    /// Requests it took.
    public var requests: Int

    package init(items: [Element], next: PageToken?, scanned: Int, requests: Int) {
        self.items = items
        self.next = next
        self.scanned = scanned
        self.requests = requests
    }
}

extension Page: Sendable where Element: Sendable {}
