// croton: runs and shows graphs of the JSON form, and says what ops and devices there are.
// Exit codes: 0 done; 1 compared and out of bounds; 2 the user's files or options are at fault, one line on stderr says how; 3 a fault of Croton.
#include "croton/error.h"
#include "src/cli/commands.h"
#include <iostream>
#include <new>

namespace {

constexpr int user_error = 2, internal_error = 3;

/// One line whatever a file or a name put into the message.
int report(int code, std::string message) {
  std::size_t end = message.find_last_not_of(" \n\r\t");
  message.resize(end == std::string::npos ? 0 : end + 1);
  std::string line;
  for (char c : message) {
    bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    if (!control) line += c;
    else if (!line.ends_with(' ')) line += ' ';
  }
  std::cerr << "croton: " + line + "\n";
  return code;
}

void add_help(CLI::App& program) {
  auto* help = program.add_subcommand("help", "Show the help of the program or of a command");
  auto topic = std::make_shared<std::string>();
  std::vector<std::string> names;
  for (CLI::App* command : program.get_subcommands([help](CLI::App* c) { return c != help; })) names.push_back(command->get_name());
  help->add_option("COMMAND", *topic, "One of the commands")->check(CLI::IsMember(names))->type_name("");
  help->callback([&program, topic] {
    std::string text = topic->empty() ? program.help() : program.get_subcommand(*topic)->help(program.get_name());
    std::cout << text << (text.ends_with('\n') ? "" : "\n");
  });
}

int run(int argc, char** argv) {
  CLI::App program("Croton compiles symbolic expression graphs and runs them.", "croton");
  program.set_version_flag("--version", "croton " CROTON_VERSION);
  program.require_subcommand(1);
  program.footer("Examples:\n"
                 "  croton run graph.json --input x=x.npy --output y=y.npy\n"
                 "  croton dump graph.json --stage optimized\n"
                 "  croton ops exp\n"
                 "`croton help COMMAND` tells more. Errors are one line on stderr with exit code 2.");
  croton::cli::add_run(program);
  croton::cli::add_compare(program);
  croton::cli::add_dump(program);
  croton::cli::add_ops(program);
  croton::cli::add_devices(program);
  croton::cli::add_roofline(program);
  croton::cli::add_doctor(program);
  croton::cli::add_view(program);
  add_help(program);
  try {
    program.parse(argc, argv);
  } catch (const CLI::RuntimeError& e) { // a command's own verdict
    std::cout.flush();
    return e.get_exit_code();
  } catch (const CLI::ParseError& e) {
    if (e.get_exit_code() == 0) return program.exit(e);
    return report(user_error, std::string(e.what()) + (std::string_view(e.what()).ends_with('.') ? "" : ".") + " See `croton help`.");
  }
  std::cout.flush();
  return std::cout ? 0 : report(user_error, "the output cannot be written.");
}

} // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const croton::InternalError& e) {
    return report(internal_error, std::string("internal error, please report it: ") + e.what());
  } catch (const croton::Error& e) {
    return report(user_error, e.what());
  } catch (const std::bad_alloc&) {
    return report(user_error, "there is not enough memory for this.");
  } catch (const std::length_error&) { // a container larger than the address space
    return report(user_error, "there is not enough memory for this.");
  } catch (const std::exception& e) {
    return report(internal_error, std::string("internal error, please report it: ") + e.what());
  }
}
