import com.adobe.epubcheck.tool.EpubChecker;

/** Has epubcheck look at many books in one machine: starting it takes longer than a book. */
public class CheckBooks {
    public static void main(String[] books) {
        int faulty = 0;
        for (String book : books) {
            if (new EpubChecker().run(new String[] {"--failonwarnings", "--quiet", book}) != 0) {
                System.err.println("FAULTY: " + book);
                faulty++;
            }
        }
        System.exit(faulty);
    }
}
