import { useEffect, useRef } from "react";
import { Link, useLocation } from "react-router";
import { useAt } from "./kept";
import classes from "./Places.module.css";

/** The parts of a page that has several, as links; on the page of one thing, the part that it belongs to is marked. On a narrow screen it is scrolled into view. */
export function Places({ name, places }: { name: string; places: readonly (readonly [name: string, path: string])[] }) {
  const at = useAt();
  const { pathname } = useLocation();
  const [current] = places
    .map(([, path]) => path)
    .filter((path) => `${pathname}/`.startsWith(`${path}/`))
    .sort((one, other) => other.length - one.length);
  const nav = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when another part is opened, not while somebody scrolls
  useEffect(() => {
    const link = nav.current?.querySelector<HTMLElement>("[aria-current]");
    if (nav.current && link) {
      const { offsetLeft, clientWidth } = nav.current;
      nav.current.scrollLeft = link.offsetLeft - offsetLeft - (clientWidth - link.offsetWidth) / 2;
    }
  }, [current]);
  return (
    <nav ref={nav} aria-label={name} className={classes.places}>
      {places.map(([place, path]) => (
        <Link
          key={path}
          to={at(path)}
          className={classes.place ?? ""}
          {...(path === current ? { "aria-current": path === pathname ? "page" : "true" } : {})}
        >
          {place}
        </Link>
      ))}
    </nav>
  );
}
