/** Every quarter of an hour, in the day time of the county's office. */
export const schedule = { cron: "*/15 8-18 * * *", timeZone: "Asia/Shanghai" } as const;
