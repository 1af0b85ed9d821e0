package tripod;

import static io.gatling.javaapi.core.CoreDsl.*;
import static io.gatling.javaapi.http.HttpDsl.*;

import io.gatling.javaapi.core.*;
import io.gatling.javaapi.http.*;
import java.time.Duration;
import java.time.LocalDate;
import java.util.*;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The load of the contest: a warm-up of 25 seconds, then creations from 6 to 600 a second, searches from 6 to 100 and
 * invalid searches from 6 to 40 within three minutes. Each created person is read back by its Location.
 *
 * <p>The system properties rampSeconds (180) and baseUrl (http://localhost:9999) change the time of the ramps and the
 * address.
 */
public final class PeopleSimulation extends Simulation {
  private static final String[] SYLLABLES = {"ba", "do", "fi", "ga", "lu", "ma", "ne", "po", "ri", "sa", "te", "vi"};
  private static final String[] STACK = {"C#", "Go", "Java", "Node", "PHP", "Postgres", "Python", "Ruby", "Rust"};
  // Not seeded: a second run against the same database needs other nicknames.
  private static final Random RANDOM = new Random();

  private static String word(int syllables) {
    return IntStream.range(0, syllables)
        .mapToObj(at -> SYLLABLES[RANDOM.nextInt(SYLLABLES.length)])
        .collect(Collectors.joining());
  }

  private static synchronized Map<String, Object> person() {
    String stack =
        RANDOM.nextInt(4) == 0
            ? "null"
            : RANDOM.ints(RANDOM.nextInt(4) + 1, 0, STACK.length)
                .mapToObj(at -> "\"" + STACK[at] + "\"")
                .collect(Collectors.joining(",", "[", "]"));
    // One in ten asks for something that the contract refuses.
    String name = RANDOM.nextInt(10) == 0 ? "" : word(6);
    String born = LocalDate.of(1940, 1, 1).plusDays(RANDOM.nextInt(25_000)).toString();
    return Map.of("apelido", word(3) + RANDOM.nextInt(10_000_000), "nome", name, "nascimento", born, "stack", stack);
  }

  private static synchronized Map<String, Object> term() {
    return Map.of("t", word(2));
  }

  private static Iterator<Map<String, Object>> feeder(Supplier<Map<String, Object>> next) {
    return Stream.generate(next).iterator();
  }

  private final HttpProtocolBuilder protocol =
      http.baseUrl(System.getProperty("baseUrl", "http://localhost:9999")).userAgentHeader("gatling");

  private final ScenarioBuilder create =
      scenario("create, then read")
          .feed(feeder(PeopleSimulation::person))
          .exec(
              http("create")
                  .post("/pessoas")
                  .header("Content-Type", "application/json")
                  .body(
                      StringBody(
                          "{\"apelido\":\"#{apelido}\",\"nome\":\"#{nome}\",\"nascimento\":\"#{nascimento}\",\"stack\":#{stack}}"))
                  .check(status().in(201, 422, 400))
                  .checkIf(session -> !"".equals(session.getString("nome")))
                  .then(status().is(201))
                  .checkIf((response, session) -> response.status().code() == 201)
                  .then(header("Location").saveAs("location")))
          .doIf(session -> session.contains("location"))
          .then(pause(Duration.ofMillis(1), Duration.ofMillis(30)), exec(http("read").get("#{location}")));

  private final ScenarioBuilder search =
      scenario("search")
          .feed(feeder(PeopleSimulation::term))
          .exec(http("search").get("/pessoas?t=#{t}").check(status().is(200)));

  private final ScenarioBuilder searchWithoutTerm =
      scenario("search without a term").exec(http("invalid search").get("/pessoas").check(status().is(400)));

  public PeopleSimulation() {
    Duration ramp = Duration.ofSeconds(Long.getLong("rampSeconds", 180));
    setUp(
            create.injectOpen(
                constantUsersPerSec(2).during(10),
                constantUsersPerSec(5).during(15).randomized(),
                rampUsersPerSec(6).to(600).during(ramp)),
            search.injectOpen(constantUsersPerSec(2).during(25), rampUsersPerSec(6).to(100).during(ramp)),
            searchWithoutTerm.injectOpen(constantUsersPerSec(2).during(25), rampUsersPerSec(6).to(40).during(ramp)))
        .protocols(protocol);
  }
}
