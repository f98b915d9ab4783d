// The day and the quarter that somebody has chosen go along to another page of the rail.
const CARRIED = ["as_of", "period"];

// The address of a link with those of the address that is open now, which may be another than the page was made for.
export function carry(href, search) {
  const [path, query = ""] = href.split("?");
  const args = new URLSearchParams(query);
  const here = new URLSearchParams(search);
  for (const key of CARRIED) {
    if (here.get(key)) args.set(key, here.get(key));
    else args.delete(key);
  }
  const spelled = args.toString();
  return spelled ? `${path}?${spelled}` : path;
}
