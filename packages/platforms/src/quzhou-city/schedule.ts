/** Once an hour, apart from the other platforms. */
export const schedule = { cron: "10 * * * *", timeZone: "Asia/Shanghai" } as const;
