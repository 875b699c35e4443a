public import AlternatorWire

/// The items of a read, page after page; the iterator of `Query` and `Scan`.
///
/// Only `next(isolation:)`: with `next()` alone every element would leave the caller's actor.
public struct ItemIterator<Element: Decodable>: AsyncIteratorProtocol {
    private var pages: PageIterator<Element>
    private var items: [Element] = []
    private var position = 0

    init(plan: ReadPlan) { pages = PageIterator(plan: plan) }

    /// The next one; `nil` after the last.
    public mutating func next(isolation actor: isolated (any Actor)?) async throws(AlternatorError) -> Element? {
        while position == items.count {
            // Let go of the old page before the next one is there.
            items = []
            position = 0
            guard let page = try await pages.next(isolation: actor) else { return nil }
            items = page.items
        }
        position += 1
        return items[position - 1]
    }
}

/// The pages of a read, each with the token to go on after it.
public struct ReadPages<Item: Decodable>: AsyncSequence, Sendable {
    /// A page.
    public typealias Element = Page<Item>
    /// The error of a failed request.
    public typealias Failure = AlternatorError

    let plan: ReadPlan

    /// Begins anew; nothing is sent before the first element is asked for.
    public func makeAsyncIterator() -> PageIterator<Item> { PageIterator(plan: plan) }
}

/// The iterator of `ReadPages`.
///
/// Only `next(isolation:)`, as for items. After the last page, and after an error, it gives `nil`.
public struct PageIterator<Item: Decodable>: AsyncIteratorProtocol {
    private let plan: ReadPlan
    private var source: PageSource?
    private var isFinished = false

    init(plan: ReadPlan) { self.plan = plan }

    /// The next one; `nil` after the last.
    public mutating func next(isolation actor: isolated (any Actor)?) async throws(AlternatorError) -> Page<Item>? {
        guard !isFinished else { return nil }
        do throws(AlternatorError) {
            let source = if let source { source } else { try PageSource(plan) }
            self.source = source
            if let page = try await source.next(Item.self) { return page }
        } catch {
            finish()
            throw error
        }
        finish()
        return nil
    }

    private mutating func finish() {
        isFinished = true
        source = nil
    }
}
