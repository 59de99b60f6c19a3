export const expectations = { maxAgeHours: 48 };
