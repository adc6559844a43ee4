// Where each of those who stand on claims and documents is kept.
import { http } from "@/api";
import type { components } from "@/api/billing";
import type { Written } from "./form";

type Parts = components["schemas"];

type Version = { "if-match"?: string };

export interface PartySource {
  readonly key: readonly string[];
  readonly read: (signal: AbortSignal) => Promise<Written | undefined>;
  readonly write: (body: Written, header: Version) => Promise<Written | undefined>;
}

export function organization(): PartySource {
  const path = "/api/billing/organization";
  return {
    key: ["get", path],
    read: async (signal) => (await http.GET(path, { signal })).data,
    write: async (body, header) =>
      (await http.PUT(path, { params: { header }, body: body as unknown as Parts["Organization"] })).data,
  };
}

export function facility(site_id: string): PartySource {
  const path = "/api/billing/facilities/{site_id}";
  const at = { path: { site_id } };
  return {
    key: ["get", path, site_id],
    read: async (signal) => (await http.GET(path, { params: at, signal })).data,
    write: async (body, header) =>
      (await http.PUT(path, { params: { ...at, header }, body: body as unknown as Parts["Facility"] })).data,
  };
}

export function provider(therapist_id: string): PartySource {
  const path = "/api/billing/providers/{therapist_id}";
  const at = { path: { therapist_id } };
  return {
    key: ["get", path, therapist_id],
    read: async (signal) => (await http.GET(path, { params: at, signal })).data,
    write: async (body, header) =>
      (await http.PUT(path, { params: { ...at, header }, body: body as unknown as Parts["Provider"] })).data,
  };
}

export function profile(client_id: string): PartySource {
  const path = "/api/billing/clients/{client_id}/profile";
  const at = { path: { client_id } };
  return {
    key: ["get", path, client_id],
    read: async (signal) => (await http.GET(path, { params: at, signal })).data,
    write: async (body, header) =>
      (await http.PUT(path, { params: { ...at, header }, body: body as unknown as Parts["ClientProfile"] })).data,
  };
}
