import AlternatorTransport

extension AlternatorConfig {
    /// What the transport is to know, but for TLS.
    var transportConfiguration: TransportConfiguration {
        var configuration = TransportConfiguration()
        configuration.loopCount = eventLoopCount ?? min(ProcessorCount.usable, 4)
        configuration.maxPoolConnections = maxPoolConnections
        configuration.acquireTimeout = acquireTimeout
        configuration.connectTimeout = connectTimeout
        configuration.connectionIdleTimeout = connectionIdleTimeout
        configuration.connectionMaxLifetime = connectionMaxLifetime
        if case .adaptive(let limit) = busyPoll { configuration.busyPollLimit = limit }
        configuration.gathersAnswers = answerGathering == .adaptive
        configuration.maximumHeaderBytes = responseLimits.headerBytes
        configuration.maximumBodyBytes = responseLimits.bodyBytes
        configuration.maximumChunkLineBytes = responseLimits.chunkLineBytes
        configuration.maximumInterimAnswers = responseLimits.interimAnswers
        return configuration
    }
}
