import { NavLink } from "react-router";
import { useAt } from "./kept";
import classes from "./Places.module.css";

/** The parts of a page that has several, as links. */
export function Places({ name, places }: { name: string; places: readonly (readonly [name: string, path: string])[] }) {
  const at = useAt();
  return (
    <nav aria-label={name} className={classes.places}>
      {places.map(([place, path]) => (
        <NavLink key={path} to={at(path)} end className={classes.place ?? ""}>
          {place}
        </NavLink>
      ))}
    </nav>
  );
}
