/** The database's file inside the data folder. */
export const DATABASE_FILE = "switchhook.db";
