import AlternatorWire

/// Running a read: what `Query` and `Scan` share.
extension ReadPlan {
    /// One page: `limit` items if there is a limit, else one of the server's pages.
    func page<Element: Decodable>(of type: Element.Type) async throws(AlternatorError) -> Page<Element> {
        var plan = self
        plan.prefetches = false
        return try await PageSource(plan).merged(limit: plan.limit)
    }

    /// The number of items over all pages.
    func count() async throws(AlternatorError) -> Int {
        let source = try PageSource(self, counting: true)
        var total = 0
        while let count = try await source.nextCount() { total += count }
        return total
    }

    /// The first item, if there is any.
    func first<Element: Decodable>(of type: Element.Type) async throws(AlternatorError) -> Element? {
        var plan = self
        plan.limit = min(plan.limit ?? 1, 1)
        plan.prefetches = false
        let source = try PageSource(plan)
        while let page = try await source.next(Element.self) {
            if let item = page.items.first { return item }
        }
        return nil
    }

    /// All items, at most `max`.
    func all<Element: Decodable>(of type: Element.Type, max: Int) async throws(AlternatorError) -> [Element] {
        var plan = self
        plan.limit = min(plan.limit ?? max, max)
        let source = try PageSource(plan)
        var items: [Element] = []
        while let page = try await source.next(Element.self) { items += page.items }
        return items
    }
}
