package dev.millrace.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A certificate for localhost, with its private key.
///
/// @param keystore the private key and the certificate, PKCS12: what the broker loads
/// @param certificate the certificate alone, PEM: what clients trust
/// @param password opens the keystore and the key in it; never printed
public record LocalCertificate(Path keystore, Path certificate, String password) {

  /// Makes a new self-signed one in this folder, with the JDK's own keytool; it is valid for 30
  /// days.
  public static LocalCertificate selfSigned(Path folder) {
    LocalCertificate made =
        new LocalCertificate(
            folder.resolve("localhost.p12"), folder.resolve("localhost.pem"), "for-tests-only");
    List<String> store =
        List.of(
            "-storetype",
            "PKCS12",
            "-keystore",
            made.keystore.toString(),
            "-storepass",
            made.password,
            "-alias",
            "localhost");
    List<String> generate =
        List.of(
            "-genkeypair",
            "-keyalg",
            "EC",
            "-dname",
            "CN=localhost",
            "-validity",
            "30",
            "-ext",
            "SAN=dns:localhost,ip:127.0.0.1");
    keytool(generate, store);
    keytool(List.of("-exportcert", "-rfc", "-file", made.certificate.toString()), store);
    return made;
  }

  private static void keytool(List<String> task, List<String> store) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(task);
    command.addAll(store);
    try {
      Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (keytool.waitFor() != 0) {
        throw new IOException("keytool said: " + output.strip());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while making a certificate", e);
    }
  }

  @Override
  public String toString() {
    return "LocalCertificate[keystore=" + keystore + ", certificate=" + certificate + "]";
  }
}
