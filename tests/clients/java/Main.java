import java.io.File;

/**
 * Jedis and Lettuce against the gateway, with default options except address and password.
 *
 * <p>usage: java Main jedis|lettuce ADDRESS [PASSWORD]
 */
final class Main {
    public static void main(String[] arguments) throws Exception {
        var login = arguments.length > 2 ? ":" + arguments[2] + "@" : "";
        var uri = "redis://" + login + arguments[1];
        switch (arguments[0]) {
            case "jedis" -> Scenario.run(
                nameOf(redis.clients.jedis.RedisClient.class), () -> new JedisClient(uri));
            case "lettuce" -> Scenario.run(
                nameOf(io.lettuce.core.RedisClient.class), () -> new LettuceClient(uri));
            default -> throw new IllegalArgumentException("jedis or lettuce?");
        }
    }

    /** Name and version of a library, as its jar's file name has them. */
    private static String nameOf(Class<?> part) {
        var jar = new File(part.getProtectionDomain().getCodeSource().getLocation().getPath());
        return jar.getName().replace(".jar", "").replaceFirst("-(?=\\d)", " ");
    }
}
