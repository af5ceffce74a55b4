# Starts one of the further pods of an engine that spans several, as soon as the first pod has an address. Its pods
# have to call the engine by one id, which is another one at each start, so that address is part of it. Arguments:
# the word that stands for the address, seconds at most, and the program with its own arguments.
import os, socket, sys, time

word, most, *command = sys.argv[1:]
end = time.time() + float(most)
address = None
while address is None:
    try:
        address = socket.gethostbyname(os.environ["LWS_LEADER_ADDRESS"])
    except OSError as fault:
        if time.time() > end:
            sys.exit(f"{os.environ['LWS_LEADER_ADDRESS']}: {fault}")
        time.sleep(1)
os.execvp(command[0], [argument.replace(word, address) for argument in command])
