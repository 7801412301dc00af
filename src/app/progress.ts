/** Told how far a long piece of work has come: what is being done, how many are done, and of how many (0: not known). */
export type Progress = (doing: string, done: number, total: number) => void;
