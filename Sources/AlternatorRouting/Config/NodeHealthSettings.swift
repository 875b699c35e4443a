/// When a node is taken out of use and when it comes back.
///
/// A node is active, quarantined (used only after every active one) or down (never used). Only requests without any
/// answer count against a node; throttling and other errors that a server answers with do not.
public struct NodeHealthSettings: Sendable, Hashable {
    /// `false`: every node counts as active and nothing is probed.
    public var isEnabled: Bool
    /// Consecutive failures that take an active node down.
    public var activeFailures: Int
    /// Consecutive good probes that bring a down node into quarantine.
    public var downRecovery: Int
    /// Consecutive successes that make a quarantined node active.
    public var quarantinePromotion: Int
    /// Consecutive failures that take a quarantined node down.
    public var quarantineFailures: Int
    /// Between two background probes of one node.
    public var probePeriod: Duration
    /// Probes under way at once, 1 to 64.
    public var probeConcurrency: Int
    /// How long one probe may take.
    public var probeTimeout: Duration

    /// - Parameters:
    ///   - isEnabled: `false` turns health off.
    ///   - activeFailures: consecutive failures that take an active node down; less than 1 counts as 1.
    ///   - downRecovery: consecutive good probes that end being down; less than 1 counts as 1.
    ///   - quarantinePromotion: consecutive successes that end quarantine; less than 1 counts as 1.
    ///   - quarantineFailures: consecutive failures that take a quarantined node down; less than 1 counts as 1.
    ///   - probePeriod: more than zero.
    ///   - probeConcurrency: 1 to 64.
    ///   - probeTimeout: more than zero.
    public init(
        isEnabled: Bool = true,
        activeFailures: Int = 10,
        downRecovery: Int = 3,
        quarantinePromotion: Int = 10,
        quarantineFailures: Int = 3,
        probePeriod: Duration = .seconds(30),
        probeConcurrency: Int = 4,
        probeTimeout: Duration = .seconds(5)
    ) {
        self.isEnabled = isEnabled
        self.activeFailures = activeFailures
        self.downRecovery = downRecovery
        self.quarantinePromotion = quarantinePromotion
        self.quarantineFailures = quarantineFailures
        self.probePeriod = probePeriod
        self.probeConcurrency = probeConcurrency
        self.probeTimeout = probeTimeout
    }

    /// The specification's defaults.
    public static let on = NodeHealthSettings()
    /// Every node counts as active; nothing is probed.
    public static let off = NodeHealthSettings(isEnabled: false)

    /// On, with some values changed; the initialiser tells what they mean.
    public static func on(
        activeFailures: Int = 10,
        downRecovery: Int = 3,
        quarantinePromotion: Int = 10,
        quarantineFailures: Int = 3,
        probePeriod: Duration = .seconds(30),
        probeConcurrency: Int = 4,
        probeTimeout: Duration = .seconds(5)
    ) -> NodeHealthSettings {
        NodeHealthSettings(
            activeFailures: activeFailures,
            downRecovery: downRecovery,
            quarantinePromotion: quarantinePromotion,
            quarantineFailures: quarantineFailures,
            probePeriod: probePeriod,
            probeConcurrency: probeConcurrency,
            probeTimeout: probeTimeout
        )
    }

    /// Thresholds below 1 raised to 1, as the specification says.
    package var normalized: NodeHealthSettings {
        var settings = self
        settings.activeFailures = max(1, activeFailures)
        settings.downRecovery = max(1, downRecovery)
        settings.quarantinePromotion = max(1, quarantinePromotion)
        settings.quarantineFailures = max(1, quarantineFailures)
        return settings
    }

    /// What is wrong with it, as one sentence; `nil` if nothing is.
    package var problem: String? {
        if probePeriod <= .zero { return "nodeHealth: probePeriod must be more than zero" }
        if probeTimeout <= .zero { return "nodeHealth: probeTimeout must be more than zero" }
        if !(1...64).contains(probeConcurrency) { return "nodeHealth: probeConcurrency must be 1 to 64" }
        return nil
    }
}
