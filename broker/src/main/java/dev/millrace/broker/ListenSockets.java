package dev.millrace.broker;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.server.ServerSocketFactory;

/// The sockets a broker listens on, opened before it starts. Kafka itself binds last, long after it
/// has begun to write data; and a free port that is looked up first and bound later can be lost to
/// somebody else in between.
final class ListenSockets implements ServerSocketFactory, AutoCloseable {
  private static final int BACKLOG = 50;

  private final Map<String, ServerSocketChannel> byListener = new HashMap<>();

  /// Opens the socket of one listener on localhost.
  ///
  /// @param port 0 = any free one
  /// @return the port it got
  int bind(String listener, int port) {
    try {
      ServerSocketChannel socket = ServerSocketChannel.open();
      byListener.put(listener, socket);
      socket.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      socket.configureBlocking(false);
      socket.bind(new InetSocketAddress("localhost", port), BACKLOG);
      return ((InetSocketAddress) socket.getLocalAddress()).getPort();
    } catch (BindException e) {
      String holder = PortHolder.of(port).map(found -> " by " + found).orElse("");
      throw new BrokerException(
          BrokerException.Kind.PORT_TAKEN,
          "port %d of this machine is already in use%s".formatted(port, holder),
          "Stop that program, or choose another port (0 takes any free one)",
          e);
    } catch (IOException e) {
      throw new BrokerException(
          BrokerException.Kind.PORT_TAKEN,
          "port %d of this machine cannot be opened (%s)".formatted(port, e.getMessage()),
          "Choose another port (0 takes any free one)",
          e);
    }
  }

  @Override
  public ServerSocketChannel openServerSocket(
      String listener, InetSocketAddress address, int backlog, int receiveBufferSize)
      throws IOException {
    ServerSocketChannel socket = byListener.remove(listener);
    if (socket == null) {
      throw new SocketException("no socket was opened for listener " + listener);
    }
    return socket;
  }

  /// Closes the sockets that no broker has taken over.
  @Override
  public void close() throws IOException {
    for (ServerSocketChannel socket : byListener.values()) {
      socket.close();
    }
    byListener.clear();
  }
}
