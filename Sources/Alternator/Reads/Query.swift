public import AlternatorWire
public import FoundationEssentials

/// A lazy query: nothing is sent until it is iterated or `page()`, `count()`, `first()` or `all(max:)` is called.
///
/// A value: keep it, change a copy, run it again. Iterating follows the pages to the end; from the second page on the next
/// page is fetched while the current one is used.
public struct Query<Root, Element: Decodable>: Sendable, AsyncSequence {
    /// The error of a failed request.
    public typealias Failure = AlternatorError

    var plan: ReadPlan

    init(_ plan: ReadPlan) { self.plan = plan }

    private func with(_ change: (inout ReadPlan) -> Void) -> Self {
        var copy = self
        change(&copy.plan)
        return copy
    }

    // MARK: What is read

    /// A filter that the server applies to what it has read; a second one must hold as well.
    ///
    /// Called `where` because `filter` is AsyncSequence's own and would fetch everything.
    /// The server refuses conditions on key attributes here.
    public func `where`(_ condition: (Fields<Root>) -> Condition<Root>) -> Self {
        Self(plan.filtered(by: condition(Fields()).node))
    }

    /// At most this many items in all; see `pageSize` for the size of a request.
    public func limit(_ items: Int) -> Self { with { $0.limit = items } }

    /// The wire's Limit: how many items the server looks at per page, before the filter.
    public func pageSize(_ evaluated: Int) -> Self { with { $0.pageSize = evaluated } }

    /// From the last sort key to the first.
    public func descending() -> Self { with { $0.isForward = false } }

    /// Sees every write that was acknowledged before; refused for global indexes.
    public func consistent() -> Self { with { $0.isConsistent = true } }

    /// Goes on where a page ended; `nil` starts at the beginning.
    public func after(_ token: PageToken?) -> Self { with { $0.token = token } }

    /// Whether the next page is fetched while the current one is used; on by default.
    public func prefetching(_ isOn: Bool) -> Self { with { $0.prefetches = isOn } }

    /// Reads items as a partial type: only the attributes of its coding keys are sent by the server.
    ///
    /// A type that reads attributes beyond its own `CodingKeys` should be given them: `select(T.self, attributes: […])`.
    public func select<Partial: Decodable>(_ type: Partial.Type) -> Query<Root, Partial> {
        var plan = plan
        plan.projection = Projection.of(type)
        return Query<Root, Partial>(plan)
    }

    /// Reads items as a partial type with the attributes named.
    public func select<Partial: Decodable>(_ type: Partial.Type, attributes: [String]) -> Query<Root, Partial> {
        var plan = plan
        plan.projection = attributes
        return Query<Root, Partial>(plan)
    }

    // MARK: Running it

    /// One page: `limit` items if there is a limit, following as many of the server's pages as that takes; else one of the
    /// server's pages, which may be empty although more follow.
    public func page() async throws(AlternatorError) -> Page<Element> { try await plan.page(of: Element.self) }

    /// The server's pages one by one, each with the token to go on after it.
    public var pages: ReadPages<Element> { ReadPages(plan: plan) }

    /// The number of items, over all pages; only numbers are sent by the server.
    public func count() async throws(AlternatorError) -> Int { try await plan.count() }

    /// The first item, if there is any.
    public func first() async throws(AlternatorError) -> Element? { try await plan.first(of: Element.self) }

    /// All items, at most `max`.
    public func all(max: Int) async throws(AlternatorError) -> [Element] {
        try await plan.all(of: Element.self, max: max)
    }

    /// Begins anew; nothing is sent before the first element is asked for.
    public func makeAsyncIterator() -> ItemIterator<Element> { ItemIterator(plan: plan) }
}

extension Query where Root: ExpiringItem {
    /// Leaves out items whose expiry has passed; the server may keep them for a day.
    public func excludingExpired(at now: Date? = nil) -> Self {
        let now = now ?? plan.handle.now()
        let expiry = Root.expiry.path
        return Self(plan.filtered(by: (expiry == nil || expiry > now).node))
    }
}
