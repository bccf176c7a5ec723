//! Detection of links that may lead to a page, by the end of the path, so that no request is spent on a picture.

use url::Url;

/// The longest extension in the list.
const LONGEST: usize = 8;

/// Returns whether this link may lead to an HTML page: every link does, except one that ends in the extension of
/// another kind of file.
pub(crate) fn is_page(url: &Url) -> bool {
    let path = url.path().as_bytes();
    let tail = path
        .get(path.len().saturating_sub(LONGEST + 1)..)
        .unwrap_or(path);
    let Some(dot) = tail.iter().rposition(|byte| *byte == b'.') else {
        return true;
    };
    let mut extension = [0; LONGEST];
    let mut length = 0;
    for (to, from) in extension.iter_mut().zip(tail.iter().skip(dot + 1)) {
        *to = from.to_ascii_lowercase();
        length += 1;
    }
    !is_file(extension.get(..length).unwrap_or_default())
}

/// Extensions, in lower case, of files that are never HTML.
fn is_file(extension: &[u8]) -> bool {
    matches!(
        extension,
        // pictures and fonts
        b"jpg" | b"jpeg" | b"png" | b"gif" | b"webp" | b"avif" | b"svg" | b"ico" | b"bmp" | b"tif" | b"tiff" | b"heic"
            | b"psd" | b"eps" | b"woff" | b"woff2" | b"ttf" | b"otf" | b"eot"
            // sound and film
            | b"mp3" | b"m4a" | b"ogg" | b"oga" | b"opus" | b"wav" | b"flac" | b"aac" | b"mid" | b"mp4" | b"m4v" | b"mkv"
            | b"webm" | b"mov" | b"avi" | b"wmv" | b"mpg" | b"mpeg" | b"ogv" | b"flv" | b"m3u8"
            // archives, programs and images of disks
            | b"zip" | b"gz" | b"tgz" | b"bz2" | b"tbz2" | b"xz" | b"txz" | b"zst" | b"7z" | b"rar" | b"tar" | b"jar" | b"war"
            | b"whl" | b"deb" | b"rpm" | b"apk" | b"dmg" | b"pkg" | b"msi" | b"exe" | b"dll" | b"so" | b"bin" | b"iso" | b"img"
            | b"torrent" | b"crate" | b"gem"
            // documents
            | b"pdf" | b"ps" | b"djvu" | b"epub" | b"mobi" | b"doc" | b"docx" | b"odt" | b"rtf" | b"xls" | b"xlsx" | b"ods"
            | b"ppt" | b"pptx" | b"odp" | b"csv" | b"tsv"
            // parts of a page, and what is there for programs
            | b"css" | b"js" | b"mjs" | b"map" | b"wasm" | b"json" | b"jsonld" | b"rss" | b"atom" | b"ics" | b"vcf"
            | b"sig" | b"asc" | b"md5" | b"sha1" | b"sha256" | b"sqlite" | b"parquet"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_told_by_their_extension() {
        let table = [
            ("/", true),
            ("/a.html", true),
            ("/a.PNG", false),
            ("/a.tar.gz", false),
            ("/a.parquet", false),
            ("/v1.2", true),
            ("/a.png/", true),
            ("/a.png/b", true),
            ("/pdf", true),
            ("/a.php?f=x.png", true),
            ("/a.pdf?download=1", false),
            ("/a.", true),
            ("/node.js-and-friends", true),
        ];
        for (path, expected) in table {
            assert_eq!(
                is_page(&Url::parse(&format!("http://example.com{path}")).unwrap()),
                expected,
                "{path}"
            );
        }
    }
}
