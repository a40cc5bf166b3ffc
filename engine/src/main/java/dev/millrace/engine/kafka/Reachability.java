package dev.millrace.engine.kafka;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/// What the network says of a cluster's addresses. Kafka's clients go on trying where nothing
/// listens, and do not say what does.
final class Reachability {
  private static final int LONGEST_MILLIS = 3_000;

  private final List<String> addresses;

  /// @param bootstrap `host:port`, several with commas between
  Reachability(String bootstrap) {
    this.addresses = List.of(bootstrap.split("\\s*,\\s*"));
  }

  /// Why none of the addresses takes a connection; empty when one does.
  ///
  /// @param limit how long to try each, three seconds at most
  Optional<String> refusal(Duration limit) {
    List<String> reasons = new ArrayList<>();
    for (String address : addresses) {
      InetSocketAddress target = target(address);
      if (target.isUnresolved()) {
        reasons.add("there is no host '" + target.getHostString() + "'");
        continue;
      }
      try (Socket socket = new Socket()) {
        socket.connect(target, millis(limit));
        return Optional.empty();
      } catch (ConnectException e) {
        reasons.add("nothing listens on " + address);
      } catch (SocketTimeoutException e) {
        reasons.add(address + " does not answer");
      } catch (IOException e) {
        reasons.add(address + " cannot be reached (" + e.getMessage() + ")");
      }
    }
    return Optional.of(String.join(", ", reasons));
  }

  /// What an address does when it is greeted with TLS.
  enum Tls {
    /// It answers with TLS; whether its certificate can be trusted does not matter.
    SPOKEN,
    /// It answers with something else, or hangs up.
    NOT_SPOKEN,
    /// It says nothing.
    UNKNOWN
  }

  /// What the first address does that takes a connection.
  ///
  /// @param limit how long to try each, three seconds at most
  Tls tls(Duration limit) {
    return addresses.stream()
        .map(address -> tls(target(address), millis(limit)))
        .filter(answer -> answer != Tls.UNKNOWN)
        .findFirst()
        .orElse(Tls.UNKNOWN);
  }

  private static Tls tls(InetSocketAddress target, int millis) {
    SSLSocketFactory factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
    try (Socket plain = new Socket()) {
      try {
        plain.connect(target, millis);
        plain.setSoTimeout(millis);
      } catch (IOException e) {
        return Tls.UNKNOWN;
      }
      try (SSLSocket socket =
          (SSLSocket) factory.createSocket(plain, target.getHostString(), target.getPort(), true)) {
        socket.startHandshake();
        return Tls.SPOKEN;
      }
    } catch (SocketTimeoutException e) {
      return Tls.UNKNOWN;
    } catch (SSLException e) {
      // A certificate or an alert came back, so the other side understood.
      String message = String.valueOf(e.getMessage());
      return message.contains("PKIX")
              || message.contains("alert")
              || e.getCause() instanceof CertificateException
          ? Tls.SPOKEN
          : Tls.NOT_SPOKEN;
    } catch (IOException e) {
      return Tls.NOT_SPOKEN;
    }
  }

  private static int millis(Duration limit) {
    return (int) Math.clamp(limit.toMillis(), 1L, (long) LONGEST_MILLIS);
  }

  private static InetSocketAddress target(String address) {
    int colon = address.lastIndexOf(':');
    String host = address.substring(0, Math.max(colon, 0));
    String port = address.substring(colon + 1);
    return port.matches("[0-9]{1,5}") && Integer.parseInt(port) <= 65_535
        ? new InetSocketAddress(host, Integer.parseInt(port))
        : InetSocketAddress.createUnresolved(address, 0);
  }
}
