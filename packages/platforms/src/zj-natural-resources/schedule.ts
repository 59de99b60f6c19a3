/** Once an hour, apart from the other platforms. */
export const schedule = { cron: "40 * * * *", timeZone: "Asia/Shanghai" } as const;
